import { useComputed, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { draftOf, setDraft } from "./drafts";
import { Icon } from "./icons";
import { optionId, ReadyMenu } from "./ready";
import { type Address, askReplies, filled, matching, type Ready, ready, readyError, slashAt } from "./replies";
import { reply, tellTyping } from "./store";
import { channelName, isVous, lastMoment, NUMBERS, partsOn, t } from "./strings";
import { codePoints } from "./text";
import { now } from "./time";

const LIMIT = 4000;
/** Phone keyboards have no Shift + Enter: there, Enter goes to the next line and the button sends. */
export const touch = matchMedia("(hover: none) and (pointer: coarse)").matches;

interface Props {
  id: string;
  danger: boolean;
  role: string | null;
  issue: string | null;
  channel: string;
  /** Until when the platform lets us write freely; null: no limit is known. */
  ends: string | null;
}

export function Composer({ id, danger, role, issue, channel, ends }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  const draft = draftOf(id, "reply");
  const length = codePoints(draft);
  const over = length - LIMIT;
  const parts = partsOn(channel, draft);
  // Past the window nothing goes out; what may be done instead is a button of its own.
  const past = useComputed(() => now.value > lastMoment(channel, ends)).value;

  const hand = () => {
    const text = draftOf(id, "reply").trim();
    box.current?.focus();
    if (text && codePoints(text) <= LIMIT) reply(id, text);
  };
  const send = () => {
    if (!past) hand();
  };

  // The menu of prepared replies is open while a slash is being followed; Escape shuts this one.
  const slash = useSignal<{ from: number; sought: string } | null>(null);
  const shut = useSignal(-1);
  const at = useSignal(0);
  const address = useSignal<Address>(isVous(role) ? "vous" : "tu");
  const found = slash.value ? matching(ready.value ?? [], slash.value.sought, issue) : [];
  const follow = (area: HTMLTextAreaElement) => {
    const sought = slashAt(area.value, area.selectionStart);
    if (sought && sought.from !== shut.value) {
      void askReplies();
      if (slash.value?.sought !== sought.sought) at.value = 0;
      slash.value = sought;
    } else slash.value = null;
    if (!sought) shut.value = -1;
  };
  const shutMenu = () => {
    shut.value = slash.value?.from ?? -1;
    slash.value = null;
    box.current?.focus();
  };
  const insertReady = (one: Ready) => {
    const area = box.current;
    if (!area || !slash.value) return;
    area.setSelectionRange(slash.value.from, area.selectionStart);
    slash.value = null;
    insert(filled(one, address.value));
  };
  /** Whether the menu had a use for the key. */
  const steer = (event: KeyboardEvent): boolean => {
    if (!slash.value || event.isComposing) return false;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const chosen = found[at.value];
    if (event.key === "Escape") shutMenu();
    else if (step && chosen && !event.altKey) at.value = (at.value + step + found.length) % found.length;
    else if (event.key === "Enter" && chosen) insertReady(chosen);
    // While the replies are on their way, Enter must not send a bare slash.
    else if (event.key !== "Enter" || ready.value !== null) return false;
    event.preventDefault();
    return true;
  };

  const insert = (sentence: string) => {
    const area = box.current;
    if (!area) return;
    const before = draft.slice(0, area.selectionStart);
    const after = draft.slice(area.selectionEnd);
    const start = before && !/\s$/.test(before) ? `${before} ` : before;
    const end = after && !/^\s/.test(after) ? ` ${after}` : after;
    setDraft(id, "reply", start + sentence + end);
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
      onFocusOut={(event) => {
        const to = event.relatedTarget;
        if (slash.value && to instanceof Node && !event.currentTarget.contains(to)) slash.value = null;
      }}
      onKeyDown={(event) => {
        if (slash.value && event.key === "Escape" && !event.defaultPrevented) {
          event.preventDefault();
          shutMenu();
        }
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
        <button
          type="button"
          class="secondary slash"
          aria-label={t.ready.open}
          title={t.ready.open}
          onClick={() => {
            const area = box.current;
            if (!area) return;
            shut.value = -1;
            if (!slashAt(draft, area.selectionStart)) insert("/");
            requestAnimationFrame(() => {
              area.focus();
              follow(area);
            });
          }}
        >
          /
        </button>
        <label class="sr" for="reply">
          {t.reply.label}
        </label>
        <textarea
          id="reply"
          ref={box}
          rows={2}
          dir="auto"
          value={draft}
          placeholder={t.reply.placeholder}
          aria-describedby="reply-hint reply-error"
          aria-invalid={over > 0}
          aria-haspopup="listbox"
          aria-autocomplete="list"
          aria-controls={found.length > 0 ? "ready-list" : undefined}
          aria-activedescendant={found.length > 0 ? optionId(at.value) : undefined}
          autocomplete="off"
          enterkeyhint={touch ? "enter" : "send"}
          onInput={(event) => {
            setDraft(id, "reply", event.currentTarget.value);
            if (event.currentTarget.value.trim() && !past) tellTyping(id, channel);
            follow(event.currentTarget);
          }}
          onClick={(event) => follow(event.currentTarget)}
          onKeyUp={(event) => {
            if (event.key === "ArrowLeft" || event.key === "ArrowRight") follow(event.currentTarget);
          }}
          onKeyDown={(event) => {
            if (steer(event)) return;
            if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.altKey) return;
            if (touch && !event.ctrlKey && !event.metaKey) return;
            event.preventDefault();
            if (!event.repeat) send();
          }}
        />
        <button
          type="submit"
          class="primary send"
          disabled={past}
          aria-disabled={over > 0 || !draft.trim()}
          aria-describedby={past ? "past" : undefined}
        >
          <Icon name="send" />
          <span>{t.reply.send}</span>
        </button>
      </div>
      {past && (
        <p class="past" id="past">
          <Icon name="clock" />
          <span>{t.past.why(channelName(channel))}</span>
          <button type="button" class="secondary" disabled={over > 0 || !draft.trim()} onClick={hand}>
            {t.past.button}
          </button>
        </p>
      )}
      {slash.value && (
        <ReadyMenu
          found={found}
          at={at.value}
          address={address.value}
          error={readyError.value}
          loading={ready.value === null}
          setAt={(to) => {
            at.value = to;
          }}
          setAddress={(to) => {
            address.value = to;
            box.current?.focus();
          }}
          insert={insertReady}
          steer={steer}
        />
      )}
      <div class="under">
        <span id="reply-hint" class="quiet">
          {touch || past ? t.reply.hintTouch : t.reply.hint}
        </span>
        <span id="reply-error" class="failure" role="status">
          {over > 0 ? t.reply.tooLong(over) : ""}
        </span>
        {length > 0 && (
          <span class="quiet tally">
            {t.reply.count(length)}
            {parts > 1 && over <= 0 && ` · ${t.reply.parts(parts, channelName(channel))}`}
          </span>
        )}
      </div>
    </form>
  );
}
