// Looking after who listens: a pause proposed after a grave conversation, and a shift that ends
// without leaving anybody with nobody.
import { effect, signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { KeptWords } from "./keptwords";
import { Buttons, dismiss, Modal } from "./modal";
import { commandFor, DESK, draftOf, setDraft } from "./drafts";
import { type Availability, handBack, sayAvailability } from "./handing";
import { Icon } from "./icons";
import { Failure } from "./parts";
import "./shift.css";
import { ended, mine, openId } from "./store";
import { issueName, t, who } from "./strings";
import type { Summary } from "./types";
import { dialog } from "./view";

const wasGrave = (s: Summary): boolean => s.urgency === "critique" || s.danger_since !== null;

/** Whether a pause is proposed now. Nobody is told, and it says no more to ignore it. */
export const breather = signal(false);
// Whoever opens a conversation has chosen to go on.
effect(() => {
  if (openId.value) breather.value = false;
});
effect(() => {
  if (ended.value) breather.value = wasGrave(ended.value);
});

export function Breather() {
  return (
    <div class="breather" role="status">
      {breather.value && (
        <p>
          <Icon name="clock" />
          <span>{t.shift.grave}</span>
          <button
            type="button"
            class="primary"
            onClick={() => {
              breather.value = false;
              wish("pause");
            }}
          >
            {t.shift.breathe}
          </button>
          <button
            type="button"
            class="secondary"
            onClick={() => {
              breather.value = false;
            }}
          >
            {t.shift.later}
          </button>
        </p>
      )}
    </div>
  );
}

/** What somebody wants to say of themselves while they hold conversations. */
const leaving = signal<"pause" | "off">("off");

/** Say it, or ask first what becomes of the conversations that are held. */
export function wish(said: Availability): void {
  if (mine.value.length === 0 || said === "available" || said === "phone") {
    void sayAvailability(said);
    return;
  }
  leaving.value = said;
  dialog.value = "shift";
}

export function ShiftDialog() {
  const said = leaving.value;
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const words = useRef<HTMLTextAreaElement>(null);

  const giveBack = async (event: Event) => {
    event.preventDefault();
    const note = draftOf(DESK, "shift").trim();
    if (busy.value) return;
    if (!note) {
      error.value = t.pass.words;
      words.current?.focus();
      return;
    }
    busy.value = true;
    error.value = null;
    // One command for all: asked again after a lost answer, each goes back once.
    const cid = commandFor(DESK, "shift");
    for (const { id } of mine.value) error.value ??= await handBack(id, note, cid);
    busy.value = false;
    if (error.value !== null) return;
    setDraft(DESK, "shift", "");
    await sayAvailability(said);
    dismiss();
  };

  return (
    <Modal title={t.shift.title[said]} name="close">
      <form onSubmit={(event) => void giveBack(event)} noValidate>
        <p>{t.shift.held(mine.value.length)}</p>
        <ul>
          {mine.value.map((s) => (
            <li key={s.id}>
              <bdi>{issueName(s.issue)}</bdi> · <bdi>{who(s)}</bdi>
            </li>
          ))}
        </ul>
        <div class="words">
          <KeptWords of={DESK} field="shift" id="shift-words" label={t.pass.summary} hint={t.pass.summaryHint} rows={3} box={words} />
        </div>
        <Failure text={error.value} />
        <Buttons back={t.shift.cancel} go={t.shift.giveBack[said]} busy={busy.value}>
          {said === "pause" && (
            <button
              type="button"
              class="secondary"
              onClick={() => {
                dismiss();
                void sayAvailability("pause");
              }}
            >
              {t.shift.keep}
            </button>
          )}
        </Buttons>
      </form>
    </Modal>
  );
}
