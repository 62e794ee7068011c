// Passing conversations on: the dialog, what colleagues offer, notes, undoing, availability.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { commandFor, draftOf, setDraft } from "./drafts";
import { KeptWords } from "./keptwords";
import { Buttons, dismiss, Modal } from "./modal";
import { Icon } from "./icons";
import { isCall } from "./kinds";
import { Failure, sendByKeys, UrgencyTag } from "./parts";
import "./passing.css";
import * as pass from "./handing";
import { wish } from "./shift";
import { openConversation, type Thread } from "./store";
import { issueName, t, who } from "./strings";
import { momentOf } from "./time";
import type { Summary } from "./types";
import { focusNext } from "./view";

export function PassDialog({ summary }: { summary: Summary }) {
  const id = summary.id;
  const to = useSignal<string | null>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(true);
  const words = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    void pass.askColleagues().then((failed) => {
      error.value = failed;
      busy.value = false;
    });
  }, []);

  const free = pass.colleagues.value.filter(
    (one) => !one.me && one.present && one.availability === "available",
  );
  const options = [
    ...free.map((one) => ({ value: one.id, name: t.pass.to(one.name), hint: t.pass.toHint })),
    { value: "queue", name: t.pass.queue, hint: t.pass.queueHint },
    ...(isCall(summary) ? [] : [{ value: "bot", name: t.pass.bot, hint: t.pass.botHint }]),
  ];

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const [target, text] = [to.value, draftOf(id, "pass").trim()];
    if (target === null) {
      error.value = t.pass.required;
      document.querySelector<HTMLInputElement>("input[name=to]")?.focus();
      return;
    }
    if (!text) {
      error.value = t.pass.words;
      words.current?.focus();
      return;
    }
    busy.value = true;
    const cid = commandFor(id, "pass", target);
    error.value = await pass.passOn(id, target, text, cid);
    busy.value = false;
    if (error.value !== null) return;
    if (target === "bot" || target === "queue") focusNext.value = "next";
    dismiss();
  };

  return (
    <Modal title={t.pass.title} name="close">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <fieldset aria-describedby="pass-error">
          <legend>{t.pass.legend}</legend>
          {free.length === 0 && (
            <p class="quiet">{busy.value ? t.pass.asking : t.pass.nobody}</p>
          )}
          {options.map(({ value, name, hint }) => (
            <label key={value} class="option">
              <input
                type="radio"
                name="to"
                value={value}
                checked={to.value === value}
                onChange={() => {
                  to.value = value;
                  error.value = null;
                }}
              />
              <span>
                <b>
                  <bdi>{name}</bdi>
                </b>{" "}
                <small>{hint}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <div class="words">
          <KeptWords of={id} field="pass" id="pass-words" label={t.pass.summary} hint={t.pass.summaryHint} rows={4} box={words} />
        </div>
        <Failure id="pass-error" text={error.value} />
        <Buttons back={t.pass.cancel} go={t.pass.submit} busy={busy.value} />
      </form>
    </Modal>
  );
}

/** To the giver: what became of the offer. */
export function OfferNotice({ summary: s }: { summary: Summary }) {
  const { offer } = s;
  const error = useSignal<string | null>(null);
  if (!offer || offer.to_me) return null;
  const name = offer.to ?? "";
  const stands = pass.standing(s);
  return (
    <div class="notice offered" role="status">
      {stands ? t.pass.offered(name) : offer.declined ? t.pass.declined(name) : t.pass.unanswered(name)}{" "}
      {stands && (
        <button
          type="button"
          class="link"
          onClick={async () => {
            error.value = await pass.withdraw(s.id);
          }}
        >
          {t.pass.withdraw}
        </button>
      )}
      {stands && <Failure text={error.value} />}
    </div>
  );
}

/** To the colleague who is asked. */
export function Offers() {
  const error = useSignal<string | null>(null);
  if (pass.offers.value.length === 0) return null;
  return (
    <section class="offers" aria-labelledby="offers-title">
      <h3 id="offers-title">{t.pass.offers}</h3>
      <ul>
        {pass.offers.value.map((s) => (
          <li key={s.id}>
            <UrgencyTag urgency={s.urgency} /> <bdi>{issueName(s.issue)}</bdi> · <bdi>{who(s)}</bdi>
            <p>
              {t.pass.from(s.offer?.from ?? "")} «&nbsp;<bdi>{s.offer?.summary}</bdi>&nbsp;»
            </p>
            <div class="buttons">
              <button
                type="button"
                class="secondary"
                onClick={async () => {
                  error.value = await pass.decline(s.id);
                }}
              >
                {t.pass.decline}
              </button>
              <button
                type="button"
                class="primary"
                onClick={async () => {
                  error.value = await pass.accept(s.id);
                  if (error.value === null) void openConversation(s.id);
                }}
              >
                {t.pass.accept}
              </button>
            </div>
          </li>
        ))}
      </ul>
      <Failure id="offers-error" text={error.value} />
    </section>
  );
}

/** Words between listeners: another colour, another button, and no way to the person. */
export function Notes({ id, notes }: { id: string; notes: Thread["notes"] }) {
  return (
    <section class="notes">
      <h3>
        <Icon name="pin" /> {t.pass.notes}
      </h3>
      {notes.length === 0 ? <p class="quiet">{t.pass.noNotes}</p> : <NoteList notes={notes} />}
      <NoteForm id={id} label={t.pass.newNote} hint={t.pass.notesHint} />
    </section>
  );
}

export function NoteList({ notes }: { notes: Thread["notes"] }) {
  return (
    <ul>
      {notes.map((note) => (
        <li key={note.id}>
          <p>
            <bdi>{note.text}</bdi>
          </p>
          <small>
            <bdi>{note.name}</bdi>, {momentOf(note.at)}
          </small>
        </li>
      ))}
    </ul>
  );
}

interface NoteFormProps {
  id: string;
  label: string;
  hint: string;
  /** The draft's name and the field's own id: the card and a dialog may both be there. */
  field?: "note" | "along";
}

export function NoteForm({ id, label, hint, field = "note" }: NoteFormProps) {
  const error = useSignal<string | null>(null);
  const text = draftOf(id, field);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!text.trim()) return;
    error.value = await pass.note(id, text.trim(), commandFor(id, field));
    if (error.value !== null) return;
    // What was typed meanwhile is the next note.
    const typed = draftOf(id, field);
    setDraft(id, field, typed.startsWith(text) ? typed.slice(text.length).trimStart() : typed);
  };
  return (
    <form class="words" onSubmit={(event) => void submit(event)}>
      <KeptWords of={id} field={field} id={field} label={label} hint={hint} rows={2} onKeyDown={sendByKeys} />
      <Failure id={`${field}-error`} text={error.value} />
      <button type="submit" class="secondary">
        {t.pass.addNote}
      </button>
    </form>
  );
}

/** For a while after closing. */
export function UndoBar() {
  const error = useSignal<string | null>(null);
  const id = pass.undoable.value;
  return (
    <div class="undo" role="status">
      {id && (
        <p>
          {t.pass.closed}{" "}
          <button
            type="button"
            id="undo"
            class="link"
            onClick={async () => {
              error.value = await pass.undo();
              if (error.value === null) void openConversation(id);
            }}
          >
            {t.pass.undo}
          </button>{" "}
          <span class="quiet" aria-hidden="true">
            {t.pass.undoLeft(pass.undoLeft.value)}
          </span>
          <Failure id="undo-error" text={error.value} />
        </p>
      )}
    </div>
  );
}

/** What I say of myself, in the bar at the top. */
export function AvailabilityPicker() {
  useEffect(() => void pass.askColleagues(), []);
  return (
    <label class="availability">
      <span class="sr">{t.pass.availability}</span>
      <select
        value={pass.availability.value}
        onChange={(event) => {
          const said = event.currentTarget.value as pass.Availability;
          // Until it is said it is not so: the dialog may ask first.
          event.currentTarget.value = pass.availability.value;
          wish(said);
        }}
      >
        {pass.AVAILABILITIES.map((value) => (
          <option key={value} value={value}>
            {t.pass[value]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** At the foot: what I said of myself may have reached nobody. */
export function Unsaid() {
  const kept = pass.unsaid.value;
  if (!kept) return null;
  return (
    <p class="notice" role="alert">
      {t.pass.unsaid(t.pass[kept.said])} {kept.why}{" "}
      <button type="button" class="link" onClick={() => void pass.sayAvailability(kept.said)}>
        {t.conversation.retry}
      </button>
    </p>
  );
}
