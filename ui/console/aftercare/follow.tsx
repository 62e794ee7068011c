// Follow-ups: asking whether we may write again, noting what was agreed, and the list of what is due.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { call, say } from "../api";
import { newCommand } from "../drafts";
import { Buttons, dismiss } from "../modal";
import { promised, refresh, stageOf } from "../following";
import { Channel, Failure, UrgencyTag } from "../parts";
import { announce, failed, isMine, learn, openConversation } from "../store";
import { issueName, who } from "../strings";
import type { Summary } from "../types";
import { w } from "./words";

const DAY = 86_400_000;
const path = ({ id }: Summary, rest = "") => `conversations/${encodeURIComponent(id)}/follow_up${rest}`;
const pending = ({ follow_up }: Summary) => follow_up?.stage === "agreed" || follow_up?.stage === "due";

export function Propose({ summary }: { summary: Summary }) {
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const cid = useRef(newCommand());
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => first.current?.querySelector<HTMLElement>("button, input")?.focus(), []);
  // A call has ended, and a browser tab will be gone: no message of ours would reach anybody.
  const callOnly = summary.channel === "telephone" || summary.channel === "web";

  const send = async (rest: string, body: unknown) => {
    if (busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      const told = await call<{ summary: Summary }>("POST", path(summary, rest), body);
      learn(told.summary);
      void refresh();
      dismiss();
    } catch (refused) {
      failed(refused);
      error.value = say(refused);
    }
    busy.value = false;
  };

  if (pending(summary))
    return (
      <div ref={first}>
        <ul class="tasks">
          <Task one={summary} />
        </ul>
        <Buttons back={w.sheet.close} />
      </div>
    );
  return (
    <div ref={first}>
      <p>{w.follow.consent}</p>
      {!callOnly && (
        <>
          <button type="button" class="primary" disabled={busy.value} onClick={() => void send("", { cid: cid.current })}>
            {w.follow.ask}
          </button>
          <p class="quiet">{w.follow.askHint}</p>
        </>
      )}
      <Agreed callOnly={callOnly} error={error.value} submit={(body) => void send("/note", body)} />
    </div>
  );
}

/** The person said so in words: what was agreed, and when. */
function Agreed(props: { callOnly: boolean; error: string | null; submit: (body: unknown) => void }) {
  const kind = useSignal<"message" | "call">(props.callOnly ? "call" : "message");
  const wrong = useSignal<string | null>(null);
  const at = useRef<HTMLInputElement>(null);
  const number = useRef<HTMLInputElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    const due = new Date(at.current?.value ?? "");
    const tel = number.current?.value.trim() ?? "";
    wrong.value = Number.isNaN(due.getTime()) ? w.follow.noDate : kind.value === "call" && !tel ? w.follow.noNumber : null;
    if (wrong.value) {
      (wrong.value === w.follow.noNumber ? number : at).current?.focus();
      return;
    }
    props.submit({ kind: kind.value, due_at: due.toISOString(), ...(kind.value === "call" && { number: tel }) });
  };
  return (
    <form class="words" onSubmit={submit} noValidate>
      <fieldset>
        <legend>{w.follow.said}</legend>
        {(props.callOnly ? (["call"] as const) : (["message", "call"] as const)).map((one) => (
          <label key={one} class="option">
            <input
              type="radio"
              name="follow-kind"
              checked={kind.value === one}
              onChange={() => {
                kind.value = one;
              }}
            />
            {w.follow.kind[one]}
          </label>
        ))}
      </fieldset>
      <label class="pick">
        {w.follow.when}
        <input ref={at} type="datetime-local" required min={local(Date.now())} max={local(Date.now() + 7 * DAY)} aria-describedby="follow-error" />
      </label>
      {kind.value === "call" && (
        <label class="pick">
          {w.follow.number}
          <input ref={number} type="tel" required maxLength={25} autocomplete="off" aria-describedby="follow-error" />
        </label>
      )}
      <Failure id="follow-error" text={wrong.value ?? props.error} />
      <Buttons back={w.sheet.cancel} go={w.follow.note} />
    </form>
  );
}

/** What a field for date and time takes: this computer's own. */
function local(at: number): string {
  const offset = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offset).toISOString().slice(0, 16);
}

export function Tasks() {
  useEffect(() => void refresh(), []);
  const list = promised.value;
  return (
    <>
      <p class="quiet">{w.follow.listHint}</p>
      {list === null && <p role="status">{w.follow.loading}</p>}
      {list?.length === 0 && <p>{w.follow.none}</p>}
      <ul class="tasks">
        {list?.map((one) => <Task key={one.id} one={one} />)}
      </ul>
      <Buttons back={w.sheet.close} />
    </>
  );
}

/** Whom no message of ours may reach now, and why. */
function hindranceOf({ closed_at, erasure, owner }: Summary): "erasing" | "queue" | "listener" | null {
  if (erasure) return "erasing";
  return closed_at || owner === "bot" ? null : owner;
}

function Task({ one }: { one: Summary }) {
  const number = useSignal<string | null>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const run = async (work: () => Promise<void>) => {
    if (busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      await work();
    } catch (refused) {
      failed(refused);
      error.value = say(refused);
      // It may be done all the same, or by somebody else.
      void refresh();
    }
    busy.value = false;
  };
  const finish = (how: "done" | "cancel" | "write") =>
    run(async () => {
      const told = await call<{ summary: Summary }>("POST", path(one, `/${how}`), {});
      if (isMine(told.summary)) learn(told.summary);
      await refresh();
      if (how === "write") announce(w.follow.written);
      // The row has gone, and the focus with it.
      document.querySelector<HTMLElement>(".aftercare .buttons button")?.focus();
    });
  const reveal = () =>
    run(async () => {
      number.value = (await call<{ number: string }>("POST", path(one, "/number"), {})).number;
    });
  const what = `${issueName(one.issue)}, ${who(one)}`;
  const due = one.follow_up?.stage === "due";
  const message = due && one.follow_up?.kind === "message";
  const hindered = message ? hindranceOf(one) : null;
  return (
    <li>
      <p>
        <UrgencyTag urgency={one.urgency} /> <b><bdi>{issueName(one.issue)}</bdi></b>{" "}
        <span class="quiet">
          <bdi>{who(one)}</bdi> · <Channel name={one.channel} />
        </span>
      </p>
      <p>
        {due && <b class="mark danger">{w.follow.due}</b>} {stageOf(one)}
        {one.follow_up?.by && <span class="quiet"> {w.follow.by(one.follow_up.by)}</span>}
      </p>
      {number.value && (
        <p class="reach" role="status">
          {w.follow.call} <b>{number.value}</b>
        </p>
      )}
      {hindered && <p class="quiet">{w.follow.busy[hindered]}</p>}
      <Failure text={error.value} />
      <p class="acts">
        {message && !hindered && (
          <button type="button" class="primary" title={w.follow.writeHint} aria-label={`${w.follow.write}, ${what}`} onClick={() => void finish("write")}>
            {w.follow.write}
          </button>
        )}
        {due && one.follow_up?.kind === "call" && !number.value && (
          <button type="button" class="secondary" aria-label={`${w.follow.show}, ${what}`} onClick={() => void reveal()}>
            {w.follow.show}
          </button>
        )}
        {isMine(one) && (
          <button
            type="button"
            class="secondary"
            aria-label={`${w.follow.open}, ${what}`}
            onClick={() => {
              dismiss();
              void openConversation(one.id);
            }}
          >
            {w.follow.open}
          </button>
        )}
        <button type="button" class="secondary" aria-label={`${w.follow.done}, ${what}`} onClick={() => void finish("done")}>
          {w.follow.done}
        </button>
        <button type="button" class="secondary" aria-label={`${w.follow.cancel}, ${what}`} onClick={() => void finish("cancel")}>
          {w.follow.cancel}
        </button>
      </p>
    </li>
  );
}
