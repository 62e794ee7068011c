import { useRef } from "preact/hooks";
import { Icon } from "./icons";
import { drafts, reply, setDraft } from "./store";
import { isVous, NUMBERS, t } from "./strings";
import { codePoints } from "./text";

const LIMIT = 4000;
/** Phone keyboards have no Shift + Enter: there, Enter goes to the next line and the button sends. */
export const touch = matchMedia("(hover: none) and (pointer: coarse)").matches;

export function Composer({ id, danger, role }: { id: string; danger: boolean; role: string | null }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const draft = drafts.value[id] ?? "";
  const length = codePoints(draft);
  const over = length - LIMIT;

  const send = () => {
    const text = (drafts.value[id] ?? "").trim();
    box.current?.focus();
    if (text && codePoints(text) <= LIMIT) reply(id, text);
  };

  const insert = (sentence: string) => {
    const area = box.current;
    if (!area) return;
    const before = draft.slice(0, area.selectionStart);
    const after = draft.slice(area.selectionEnd);
    const start = before && !/\s$/.test(before) ? `${before} ` : before;
    const end = after && !/^\s/.test(after) ? ` ${after}` : after;
    setDraft(id, start + sentence + end);
    const caret = start.length + sentence.length;
    requestAnimationFrame(() => {
      area.focus();
      area.setSelectionRange(caret, caret);
    });
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {danger && (
        <div class="numbers" role="group" aria-label={t.reply.numbers}>
          <span aria-hidden="true">{t.reply.numbers}</span>
          {NUMBERS.map((one) => (
            <button
              type="button"
              key={one.number}
              aria-label={t.reply.insert(one.number, one.what)}
              onClick={() => insert(isVous(role) ? one.vous : one.tu)}
            >
              <b>{one.number}</b> <span>{one.what}</span>
            </button>
          ))}
        </div>
      )}
      <div class="write">
        <label class="sr" for="reply">
          {t.reply.label}
        </label>
        <textarea
          id="reply"
          ref={box}
          rows={2}
          value={draft}
          placeholder={t.reply.placeholder}
          aria-describedby="reply-hint reply-error"
          aria-invalid={over > 0}
          autocomplete="off"
          enterkeyhint={touch ? "enter" : "send"}
          onInput={(event) => setDraft(id, event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.altKey) return;
            if (touch && !event.ctrlKey && !event.metaKey) return;
            event.preventDefault();
            if (!event.repeat) send();
          }}
        />
        <button type="submit" class="primary send" aria-disabled={over > 0 || !draft.trim()}>
          <Icon name="send" />
          <span>{t.reply.send}</span>
        </button>
      </div>
      <div class="under">
        <span id="reply-hint" class="quiet">
          {touch ? t.reply.hintTouch : t.reply.hint}
        </span>
        <span id="reply-error" class="failure" role="status">
          {over > 0 ? t.reply.tooLong(over) : ""}
        </span>
        {length > LIMIT - 500 && <span class="quiet tally">{t.reply.count(length)}</span>}
      </div>
    </form>
  );
}
