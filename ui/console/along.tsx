// Co-listening: inviting a colleague to read, and reading along. Nothing here can answer a person.
import { computed, signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, say } from "./api";
import { Buttons, dismiss, Modal, Opens } from "./modal";
import { askColleagues, colleagues } from "./handing";
import { Failure, UrgencyTag } from "./parts";
import { NoteForm, NoteList } from "./passing";
import { Lines } from "./past";
import { failed, learn, summaryList } from "./store";
import { issueName, t, who } from "./strings";
import type { Message, Note, Summary } from "./types";

const reading = signal<string | null>(null);
const mineToRead = computed(() => summaryList.value.filter((s) => s.alongside));

/** On the card, for who answers: who reads along. */
export function Readers({ summary: { readers = [] } }: { summary: Summary }) {
  const names = readers.filter(Boolean).join(", ");
  return (
    <section>
      <h3>{t.along.title}</h3>
      <p class="quiet">{names ? t.along.with(names) : t.along.none}</p>
      <Opens name="invite">{t.along.open}</Opens>
    </section>
  );
}

export function InviteDialog({ summary: { id } }: { summary: Summary }) {
  const error = useSignal<string | null>(null);
  useEffect(() => {
    void askColleagues().then((why) => {
      error.value = why;
    });
  }, []);
  const there = colleagues.value.filter((one) => !one.me && one.present);
  const invite = async (to: string) => {
    try {
      learn((await api.invite(id, to)).summary);
      dismiss();
    } catch (refused) {
      failed(refused);
      error.value = say(refused);
    }
  };
  return (
    <Modal title={t.along.invite} name="close">
      <p class="quiet">{t.along.hint}</p>
      {there.length === 0 && <p>{t.along.nobody}</p>}
      <ul class="hits">
        {there.map((one) => (
          <li key={one.id}>
            <button type="button" class="secondary" onClick={() => void invite(one.id)}>
              <bdi>{t.along.ask(one.name)}</bdi>
            </button>
          </li>
        ))}
      </ul>
      <Failure text={error.value} />
      <Buttons back={t.along.close} />
    </Modal>
  );
}

/** In the list of conversations, for who reads along. */
export function Alongside() {
  if (mineToRead.value.length === 0) return null;
  return (
    <section class="offers" aria-labelledby="along-title">
      <h3 id="along-title">{t.along.title}</h3>
      <ul>
        {mineToRead.value.map((s) => (
          <li key={s.id}>
            <UrgencyTag urgency={s.urgency} /> {t.along.mine} <bdi>{s.listener}</bdi>
            <div class="buttons">
              <Opens
                name="along"
                first={() => {
                  reading.value = s.id;
                }}
              >
                {t.along.read(`${issueName(s.issue)} · ${who(s)}`)}
              </Opens>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function AlongDialog() {
  const id = reading.value ?? "";
  const summary = mineToRead.value.find((s) => s.id === id);
  const messages = useSignal<ReadonlyMap<number, Message>>(new Map());
  const notes = useSignal<readonly Note[]>([]);
  const error = useSignal<string | null>(null);
  const end = useRef<HTMLSpanElement>(null);

  const look = async () => {
    try {
      const told = await api.along(id, Math.max(0, ...messages.value.keys()));
      messages.value = new Map([...messages.value, ...told.messages.map((one) => [one.seq, one] as const)]);
      notes.value = told.notes;
      end.current?.scrollIntoView({ block: "nearest" });
    } catch (refused) {
      failed(refused);
      error.value = say(refused);
    }
  };
  // Whatever happens there comes as a new version of its summary.
  useEffect(() => {
    if (summary) void look();
  }, [id, summary?.version]);

  const leave = async () => {
    try {
      learn((await api.leaveAlong(id)).summary);
      dismiss();
    } catch (refused) {
      error.value = say(refused);
    }
  };
  const name = summary?.listener ?? "";
  return (
    <Modal title={summary ? t.along.reading(name) : t.along.over} name="earlier">
      {summary && (
        <>
          <div role="log" class="along" aria-label={t.conversation.messages} tabIndex={0}>
            <ol class="read">
              <Lines messages={messages.value.values()} />
            </ol>
            <span ref={end} />
          </div>
          <h3>{t.pass.notes}</h3>
          <NoteList notes={notes.value} />
          <NoteForm
            id={id}
            field="along"
            label={t.along.note(name)}
            hint={t.pass.notesHint}
          />
        </>
      )}
      <Failure text={error.value} />
      <Buttons back={t.along.close}>
        {summary && (
          <button type="button" class="secondary" onClick={() => void leave()}>
            {t.along.leave}
          </button>
        )}
      </Buttons>
    </Modal>
  );
}
