// A listener corrects what triage made of a conversation.
import { useSignal } from "@preact/signals";
import { call, say } from "./api";
import { Buttons, dismiss, Modal } from "./modal";
import { Failure } from "./parts";
import { openConversation } from "./store";
import { ISSUE, ROLE, t, URGENCY } from "./strings";
import type { Summary } from "./types";
import "./triage.css";

type Why = "misread" | "learned";
const WHYS: Why[] = ["misread", "learned"];
const HINT = { misread: t.triage.misreadWhy, learned: t.triage.learnedWhy };

export function TriageDialog({ summary }: { summary: Summary }) {
  const issue = useSignal(summary.issue ?? "autre_hors_sujet");
  const urgency = useSignal<string>(summary.urgency);
  const role = useSignal(summary.role ?? "inconnu");
  const why = useSignal<Why | null>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);

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
      await call("POST", `conversations/${encodeURIComponent(summary.id)}/triage`, {
        issue: issue.value,
        urgency: urgency.value,
        role: role.value,
        why: why.value,
      });
      dismiss();
      void openConversation(summary.id);
    } catch (failure) {
      error.value = say(failure);
    }
    busy.value = false;
  };

  return (
    <Modal title={t.triage.title} name="close triage">
      <form onSubmit={(event) => void submit(event)} noValidate>
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

export function Pick(props: { label: string; names: Record<string, string>; at: { value: string } }) {
  return (
    <label class="pick">
      {props.label}
      <select
        value={props.at.value}
        onChange={(event) => {
          props.at.value = event.currentTarget.value;
        }}
      >
        {Object.entries(props.names).map(([code, words]) => (
          <option key={code} value={code}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
