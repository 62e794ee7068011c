// A caller's ticket, written by hand: the card that a chat has, and what was said, in one form.
import { effect, signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, call, say } from "../api";
import { KeptWords } from "../keptwords";
import { Buttons, dismiss } from "../modal";
import { answered, commandFor, DESK, newCommand } from "../drafts";
import { availability, sayAvailability } from "../handing";
import { Failure, UrgencyTag } from "../parts";
import { failed, learn, markShown, me, mine, openConversation } from "../store";
import { AGE, ISSUE, ROLE } from "../strings";
import type { Summary, Urgency } from "../types";
import { dialog } from "../view";
import { w } from "./words";

const URGENCIES: readonly Urgency[] = ["critique", "elevee", "moderee", "faible"];
/** No call is about these: they are what a machine makes of a first message. */
const NO_CALL = ["salutation", "demande_humain"];
const REQUIRED = ["issue", "urgency", "role"] as const;

/** The call for which colleagues read that I am on the telephone. */
const onTheLine = signal<string | null>(null);
// Once it has left me I am there again, unless I said something else meanwhile.
effect(() => {
  const id = onTheLine.value;
  if (id === null || mine.value.some((one) => one.id === id)) return;
  onTheLine.value = null;
  if (me.peek() && availability.peek() === "phone") void sayAvailability("available");
});

export function NewCall() {
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  // Without a word there is nothing by which a page that is loaded anew knows that it asks again.
  const bare = useRef({ what: "", cid: "" });
  useEffect(() => form.current?.querySelector("select")?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value || !form.current) return;
    const told = new FormData(form.current);
    const text = (name: string) => String(told.get(name) ?? "").trim();
    const lacking = REQUIRED.find((name) => !text(name));
    error.value = lacking ? w.call.lacking[lacking] : null;
    if (lacking) {
      form.current.querySelector<HTMLElement>(`[name=${lacking}]`)?.focus();
      return;
    }
    busy.value = true;
    const card = {
      issue: text("issue"),
      urgency: text("urgency"),
      role: text("role"),
      age_band: text("age") || null,
      platform: text("platform").toLowerCase(),
    };
    const [note, what] = [text("note"), JSON.stringify(card)];
    if (bare.current.what !== what) bare.current = { what, cid: newCommand() };
    // Asked again after a lost answer, it is the same ticket; with anything else in it, it is another.
    const cid = note ? commandFor(DESK, "call", what) : bare.current.cid;
    try {
      const { summary } = await call<{ summary: Summary }>("POST", "calls", {
        cid,
        ...card,
        note,
      });
      learn(summary);
      markShown(summary.id, summary.last_seq, summary.version);
      answered(DESK, cid, true);
      void openConversation(summary.id);
      if (!told.has("on")) dialog.value = "close";
      else {
        dismiss();
        if (availability.value === "available") void sayAvailability("phone");
        onTheLine.value = summary.id;
      }
    } catch (refused) {
      failed(refused);
      if (refused instanceof ApiError && refused.status < 500) answered(DESK, cid, false);
      error.value = say(refused);
    }
    busy.value = false;
  };

  return (
    <form
      ref={form}
      onSubmit={(event) => void submit(event)}
      // What was said of the form as it was is no longer true of what it is.
      onInput={() => {
        error.value = null;
      }}
      noValidate
    >
      <div class="beside">
        <Pick name="issue" label={w.call.issue} none={w.call.choose}
          options={Object.entries(ISSUE).filter(([code]) => !NO_CALL.includes(code))}
        />
        <Pick name="role" label={w.call.role} none={w.call.choose} options={Object.entries(ROLE)} />
      </div>
      <fieldset class="tags" aria-describedby="call-error">
        <legend>{w.call.urgency}</legend>
        {URGENCIES.map((urgency) => (
          <label key={urgency}>
            <input type="radio" name="urgency" value={urgency} required />
            <UrgencyTag urgency={urgency} />
          </label>
        ))}
      </fieldset>
      <div class="beside">
        <Pick name="age" label={w.call.age} none={w.call.unknown}
          options={Object.entries(AGE).filter(([code]) => code !== "non_dit")}
        />
        <label class="pick">
          {w.call.platform}
          <input name="platform" list="platforms" maxLength={40} autocomplete="off" />
          <datalist id="platforms">
            {w.call.platforms.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
      </div>
      <div class="words">
        <KeptWords of={DESK} field="call" id="call-note" name="note" label={w.call.note} hint={w.call.hint} rows={4} />
      </div>
      <label class="option">
        <input type="checkbox" name="on" defaultChecked />
        <span>
          <b>{w.call.on}</b> <small>{w.call.onHint}</small>
        </span>
      </label>
      <div class="decide">
        <Failure id="call-error" text={error.value} />
        <Buttons back={w.sheet.cancel} go={busy.value ? w.sheet.busy : w.call.submit} busy={busy.value} />
      </div>
    </form>
  );
}

interface PickProps {
  name: string;
  label: string;
  none: string;
  options: readonly (readonly [string, string])[];
}

function Pick({ name, label, none, options }: PickProps) {
  return (
    <label class="pick">
      {label}
      <select name={name}>
        <option value="">{none}</option>
        {options.map(([code, words]) => (
          <option key={code} value={code}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
