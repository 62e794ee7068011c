// At the foot of every page: words that were not sent, of conversations that are theirs no more.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Icon } from "./icons";
import { type Left, left, putAway, type Words } from "./left";
import "./leftwords.css";
import { Channel, UrgencyTag } from "./parts";
import { issueName, platformName, t, who } from "./strings";
import { whenOf } from "./time";
import { focusNext } from "./view";

/** Where it leaves room for the page; elsewhere one press shows the words. */
const roomy = matchMedia("(min-width: 48rem) and (min-height: 40rem)").matches;

export function LeftWords() {
  const all = left.value;
  if (all.length === 0) return null;
  return (
    <section class="left-words" aria-labelledby="left-words">
      {/* Another one is heard too. */}
      <div role="alert" key={all.length}>
        <h2 id="left-words" tabIndex={-1}>
          <Icon name="alarm" />
          {t.left.title}
        </h2>
      </div>
      {all.map((one) => (
        <OneLeft
          key={one.id}
          one={one}
          away={() => {
            putAway(one.id);
            const next = left.value.length > 0 ? "left-words" : ["reply", "note", "next"].find((id) => document.getElementById(id));
            focusNext.value = next ?? null;
          }}
        />
      ))}
    </section>
  );
}

function OneLeft({ one: { id, subject, words }, away }: { one: Left; away: () => void }) {
  const trying = words.some(({ state }) => state === "trying");
  return (
    <details open={roomy}>
      <summary>
        <UrgencyTag urgency={subject.urgency} /> <b><bdi>{issueName(subject.issue)}</bdi></b>{" "}
        <bdi>{[who(subject), platformName(subject.platform)].filter(Boolean).join(" · ")}</bdi>{" "}
        <span class="quiet">
          <Channel name={subject.channel} />, {t.mine.opened(whenOf(subject.opened_at))}
        </span>{" "}
        <span>{subject.ticket === "closed" ? t.left.closed : t.left.taken}</span>
      </summary>
      {words.map((each) => (
        <OneText key={each.key} of={id} words={each} />
      ))}
      <div class="buttons">
        {trying ? (
          <p class="quiet">{t.left.wait}</p>
        ) : (
          <button type="button" class="secondary" onClick={away}>
            {t.left.away}
          </button>
        )}
      </div>
    </details>
  );
}

function OneText({ of, words: { key, field, text, state } }: { of: string; words: Words }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const copied = useSignal("");
  const id = `left-${of}-${key}`;
  const name = t.left.field[field as keyof typeof t.left.field] ?? t.left.field.reply;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      copied.value = t.left.copied;
    } catch {
      box.current?.focus();
      box.current?.select();
      copied.value = t.left.copyByHand;
    }
  };
  return (
    <div class="words">
      <label for={id}>{name}</label>
      {state !== "whole" && <p class="quiet">{t.left[state]}</p>}
      <textarea id={id} ref={box} readOnly rows={2} dir="auto" value={text} />
      <button type="button" class="secondary" aria-label={t.left.copyOf(name)} onClick={() => void copy()}>
        {t.left.copy}
      </button>
      <p role="status">{copied.value}</p>
    </div>
  );
}
