// Three dialogs: the end of a conversation, the end of a session, help.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api } from "./api";
import { drafts } from "./drafts";
import { Buttons, dismiss, Modal } from "./modal";
import { Failure, UrgencyTag } from "./parts";
import { wordsOf } from "./left";
import { close as closeConversation, logout, mine, outbox, seenIn } from "./store";
import { OUTCOME, t } from "./strings";
import { type Outcome, OUTCOMES, type Summary, URGENCIES } from "./types";
import { dialog, setSingleKeys, singleKeys } from "./view";

export function CloseDialog({ summary }: { summary: Summary }) {
  const id = summary.id;
  const outcome = useSignal<Outcome | null>(null);
  const known = useSignal<readonly string[]>([]);
  const tags = useSignal<readonly string[]>([]);
  useEffect(() => {
    // Without the list a conversation can still be ended: tags are never required.
    api.tags().then(
      (told) => {
        known.value = told.tags;
      },
      () => undefined,
    );
  }, []);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  // What came while this dialog covers the messages has not been seen.
  const seen = useRef(seenIn(id));
  const pending = (outbox.value[id] ?? []).some((o) => o.state !== "refused");
  const draft = wordsOf(id).length > 0;

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    if (outcome.value === null) {
      error.value = t.close.required;
      document.querySelector<HTMLInputElement>("input[name=outcome]")?.focus();
      return;
    }
    busy.value = true;
    error.value = await closeConversation(id, outcome.value, tags.value, seen.current);
    busy.value = false;
    if (error.value === null) dismiss();
  };

  return (
    <Modal title={t.close.title} name="close">
      <form onSubmit={(event) => void submit(event)} noValidate>
        {summary.danger_since && <p class="notice danger">{t.close.danger}</p>}
        {pending ? (
          <p class="notice">{t.close.pending}</p>
        ) : (
          draft && <p class="notice">{t.close.draft}</p>
        )}
        <fieldset aria-describedby="close-error">
          <legend>{t.close.legend}</legend>
          {OUTCOMES.map((value) => (
            <label key={value} class="option">
              <input
                type="radio"
                name="outcome"
                value={value}
                checked={outcome.value === value}
                required
                onChange={() => {
                  outcome.value = value;
                  error.value = null;
                }}
              />
              <span>
                <b>{OUTCOME[value].name}</b> <small>{OUTCOME[value].hint}</small>
              </span>
            </label>
          ))}
        </fieldset>
        {known.value.length > 0 && (
          <fieldset class="tags">
            <legend>{t.close.tags}</legend>
            {known.value.map((tag) => (
              <label key={tag}>
                <input
                  type="checkbox"
                  checked={tags.value.includes(tag)}
                  onChange={(event) => {
                    const others = tags.value.filter((one) => one !== tag);
                    tags.value = event.currentTarget.checked ? [...others, tag] : others;
                  }}
                />
                <bdi>{tag}</bdi>
              </label>
            ))}
          </fieldset>
        )}
        <Failure id="close-error" text={error.value} />
        <Buttons
          back={t.close.cancel}
          go={busy.value ? t.close.busy : t.close.submit}
          busy={busy.value}
          disabled={pending}
        />
      </form>
    </Modal>
  );
}

export function LogoutDialog() {
  const unsent = Object.keys(drafts.value).length + Object.keys(outbox.value).length > 0;
  return (
    <Modal title={t.logout.title} name="leave">
      {mine.value.length > 0 && <p>{t.logout.mine(mine.value.length)}</p>}
      {unsent && <p>{t.logout.drafts}</p>}
      <Buttons
        back={t.logout.cancel}
        go={t.logout.submit}
        act={() => {
          dismiss();
          void logout();
        }}
      />
    </Modal>
  );
}

/** Ask first only if something would be left behind. */
export function askLogout(): void {
  const something =
    mine.value.length + Object.keys(drafts.value).length + Object.keys(outbox.value).length;
  if (something) dialog.value = "logout";
  else void logout();
}

export function HelpDialog() {
  return (
    <Modal title={t.help.title} name="help">
      <h3>{t.help.keys}</h3>
      <dl class="keys">
        {t.help.list.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="option">
        <input
          type="checkbox"
          checked={singleKeys.value}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        <span>
          <b>{t.help.single}</b> <small>{t.help.singleWhy}</small>
        </span>
      </label>
      <h3>{t.help.urgency}</h3>
      <p class="levels">
        {URGENCIES.map((urgency) => (
          <UrgencyTag key={urgency} urgency={urgency} />
        ))}
      </p>
      <p>{t.help.order}</p>
      <p>{t.help.once}</p>
      <p>{t.help.drafts}</p>
      <Buttons back={t.help.close} />
    </Modal>
  );
}
