// A call that goes on: the numbers to read out, the code that joins the caller's chat, and then that
// chat itself. From the chat, the same: what was said on the telephone.
import { signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { call, say } from "../api";
import { touch } from "../composer";
import { isCall, isGrave } from "../kinds";
import { Channel, Failure, UrgencyTag } from "../parts";
import { NoteList } from "../passing";
import { Lines } from "../past";
import { announce, failed, isMine, openConversation } from "../store";
import { duration, issueName, NUMBERS, t } from "../strings";
import { ownHalf } from "../telephone";
import { now } from "../time";
import type { Detail, Summary } from "../types";
import { singleKeys } from "../view";
import { w } from "./words";

interface Given {
  words: string;
  until: string;
}

const path = ({ id }: Summary, what: string) => `conversations/${encodeURIComponent(id)}/${what}`;

/** The words that are read out now, by call: only this page has them. */
const given = signal<Readonly<Record<string, Given>>>({});

export function Line({ summary }: { summary: Summary }) {
  const before = useRef(summary.joined);
  useEffect(() => {
    if (!before.current && summary.joined) {
      announce(t.phone.joined.chat);
      // The button that had the focus is gone.
      if (document.activeElement === document.body) document.getElementById("log")?.focus();
    }
    before.current = summary.joined;
  }, [summary.joined]);
  return (
    <div class="line">
      {isGrave(summary) && (
        <p class="aloud">
          <b>{w.line.numbers}</b>
          {NUMBERS.map((one) => (
            <span key={one.number}>
              <b>{one.number}</b> {one.what}
            </span>
          ))}
        </p>
      )}
      {summary.joined ? <Half key={summary.joined} summary={summary} /> : <Code summary={summary} />}
    </div>
  );
}

function Code({ summary }: { summary: Summary }) {
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const ours = given.value[summary.id];
  const state = summary.code;
  // Given anew in another window, the words here are no longer those.
  const at = (one: { until: string } | null | undefined) => Date.parse(one?.until ?? "");
  const words = ours && (!state || at(state) <= at(ours)) ? ours : null;
  const until = at(words ?? state);
  const left = until - now.value;
  // What is told of the code before says nothing of this one.
  const tried = until === at(state) ? state : null;
  const spent = tried?.left === 0;
  const over = spent || left <= 0;

  const give = async () => {
    if (busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      const told = await call<Given>("POST", path(summary, "code"), {});
      given.value = { ...given.value, [summary.id]: told };
    } catch (refused) {
      failed(refused);
      error.value = say(refused);
    }
    busy.value = false;
  };
  return (
    <section aria-labelledby="code-title">
      <h3 id="code-title">{w.line.title}</h3>
      <p class="quiet">{w.line.why}</p>
      <div role="status">
        {!Number.isNaN(until) &&
          (over ? (
            <p class="failure">{spent ? w.line.spent : w.line.old}</p>
          ) : words ? (
            <>
              <p>{w.line.read}</p>
              <p class="code">{words.words}</p>
            </>
          ) : (
            <p>{w.line.elsewhere}</p>
          ))}
        {!over && Boolean(tried?.wrong) && <p class="failure">{w.line.wrong}</p>}
      </div>
      {!over && left > 0 && <p class="quiet">{w.line.left(duration(left))}</p>}
      <button type="button" id="give-code" class="secondary" aria-busy={busy.value} onClick={() => void give()}>
        {Number.isNaN(until) ? w.line.give : w.line.again} {singleKeys.value && !touch && <kbd aria-hidden="true">L</kbd>}
      </button>
      <Failure text={error.value} />
    </section>
  );
}

/** What was said in the other half. One that is not mine is asked for, as the look is recorded. */
export function Half({ summary }: { summary: Summary }) {
  const told = useSignal<Detail | null>(null);
  const error = useSignal<string | null>(null);
  const own = ownHalf(summary);
  const half = isCall(summary) ? w.half.chat : w.half.call;

  const load = async () => {
    error.value = null;
    try {
      const detail = await call<Detail>("GET", path(summary, "joined"));
      // Two may be on their way at once.
      if (detail.summary.version >= (told.value?.summary.version ?? 0)) told.value = detail;
    } catch (refused) {
      failed(refused);
      error.value = say(refused);
    }
  };
  useEffect(() => {
    if (own) void load();
  }, [own?.version]);

  const other = own ?? told.value?.summary;
  return (
    <section class="half" aria-label={half.title}>
      <h3>{half.title}</h3>
      {other && (
        <p>
          <UrgencyTag urgency={other.urgency} /> <bdi>{issueName(other.issue)}</bdi>{" "}
          <span class="quiet">
            <Channel name={other.channel} />, {w.half.where(other, isMine(other))}
          </span>
        </p>
      )}
      {!own && !told.value && (
        <>
          <p class="quiet">{half.notMine}</p>
          <button type="button" class="secondary" onClick={() => void load()}>
            {w.half.read}
          </button>
        </>
      )}
      {own && (
        <button type="button" class="secondary" onClick={() => void openConversation(own.id)}>
          {half.open}
        </button>
      )}
      {told.value && <Said told={told.value} />}
      <Failure text={error.value} />
    </section>
  );
}

function Said({ told: { messages, notes } }: { told: Detail }) {
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    list.current?.scrollTo(0, list.current.scrollHeight);
  }, [messages.length]);
  if (!messages.length && !notes.length) return <p class="quiet">{w.half.nothing}</p>;
  return (
    <>
      {messages.length > 0 && (
        <ol class="read" ref={list} tabIndex={0} aria-label={w.half.messages}>
          <Lines messages={messages} />
        </ol>
      )}
      {notes.length > 0 && (
        <div class="notes">
          <NoteList notes={notes} />
        </div>
      )}
    </>
  );
}
