// A listener corrects what triage made of a conversation.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { api, say } from "./api";
import { isGraver } from "./kinds";
import { Buttons, dismiss, Modal } from "./modal";
import { Failure } from "./parts";
import { openConversation, seenIn } from "./store";
import { ISSUE, ROLE, t, URGENCY } from "./strings";
import type { Summary, Urgency } from "./types";
import { pane } from "./view";
import "./triage.css";

type Why = "misread" | "learned";
const WHYS: Why[] = ["misread", "learned"];
const HINT = { misread: t.triage.misreadWhy, learned: t.triage.learnedWhy };

/** What is known now stands in `summary`, what was on the screen when the dialog opened in `seen`. */
export function TriageDialog({ summary }: { summary: Summary }) {
  // What comes while this dialog covers the messages has not been seen.
  const seen = useRef(seenIn(summary.id)).current;
  const since = useRef(summary.writes_since).current;
  const raised = summary.raised_version > seen;
  const issue = useSignal(summary.issue ?? "autre_hors_sujet");
  const urgency = useSignal<Urgency>(summary.urgency);
  const role = useSignal(summary.role ?? "inconnu");
  const why = useSignal<Why | null>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  /** The urgency that stayed, against what was chosen. */
  const stays = useSignal<Urgency | null>(null);

  useLayoutEffect(() => {
    if (raised && isGraver(summary.urgency, urgency.value)) urgency.value = summary.urgency;
  }, [summary.raised_version, summary.urgency]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    if (why.value === null) {
      error.value = t.triage.required;
      document.querySelector<HTMLInputElement>("input[name=why]")?.focus();
      return;
    }
    busy.value = true;
    try {
      const asked = urgency.value;
      const { summary: now } = await api.triage(summary.id, {
        issue: issue.value,
        urgency: asked,
        role: role.value,
        why: why.value,
        seen,
        since,
      });
      if (isGraver(now.urgency, asked)) stays.value = now.urgency;
      else dismiss();
      void openConversation(summary.id);
    } catch (failure) {
      error.value = say(failure);
    }
    busy.value = false;
  };

  if (stays.value !== null) {
    return (
      <Modal key="stays" title={t.triage.stays(URGENCY[stays.value])} name="close triage">
        <p role="alert">{t.triage.staysWhy}</p>
        <Buttons back={t.triage.read} leave={read} />
      </Modal>
    );
  }
  return (
    <Modal key="asks" title={t.triage.title} name="close triage">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <p class="notice danger" role="alert" hidden={!raised}>
          {t.triage.raised(URGENCY[summary.urgency])}{" "}
          <button type="button" class="link" onClick={read}>
            {t.triage.read}
          </button>
        </p>
        <Pick label={t.triage.urgency} names={URGENCY} at={urgency} />
        <Pick label={t.triage.issue} names={ISSUE} at={issue} />
        <Pick label={t.triage.role} names={ROLE} at={role} />
        <fieldset aria-describedby="triage-error">
          <legend>{t.triage.why}</legend>
          {WHYS.map((value) => (
            <label key={value} class="option">
              <input
                type="radio"
                name="why"
                value={value}
                checked={why.value === value}
                onChange={() => {
                  why.value = value;
                  error.value = null;
                }}
              />
              <span>
                <b>{t.triage[value]}</b> <small>{HINT[value]}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <p class="quiet">{t.triage.note}</p>
        <Failure id="triage-error" text={error.value} />
        <Buttons back={t.triage.cancel} go={t.triage.submit} busy={busy.value} />
      </form>
    </Modal>
  );
}

/** To the messages, which on a narrow screen are another pane. */
function read(): void {
  pane.value = "messages";
  dismiss();
}

interface PickProps<T extends string> {
  label: string;
  names: Record<T, string>;
  at: { value: T };
}

export function Pick<T extends string>(props: PickProps<T>) {
  return (
    <label class="pick">
      {props.label}
      <select
        value={props.at.value}
        onChange={(event) => {
          props.at.value = event.currentTarget.value as T;
        }}
      >
        {Object.entries<string>(props.names).map(([code, words]) => (
          <option key={code} value={code}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
