// What was said before: the same person's earlier conversations, and words in one's own ones.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, say } from "./api";
import { Buttons, dismiss, Modal } from "./modal";
import { Failure } from "./parts";
import "./past.css";
import { failed, openConversation, summaryList } from "./store";
import { AUTHOR, issueName, OUTCOME, t, typeName, who } from "./strings";
import { dateOf, momentOf } from "./time";
import type { Earlier, Hit, Message, Summary } from "./types";
import { wanted } from "./view";

export function EarlierDialog({ summary: { id } }: { summary: Summary }) {
  const found = useSignal<readonly Earlier[] | null>(null);
  const withheld = useSignal(0);
  const error = useSignal<string | null>(null);
  useEffect(() => {
    api.earlier(id).then(
      (told) => {
        found.value = told.conversations;
        withheld.value = told.withheld;
      },
      (refused) => {
        failed(refused);
        error.value = say(refused);
      },
    );
  }, [id]);
  return (
    <Modal title={t.earlier.title} name="earlier">
      <p class="quiet">{t.earlier.noted}</p>
      {found.value === null && !error.value && <p class="quiet">{t.conversation.loading}</p>}
      {found.value?.length === 0 && !withheld.value && <p>{t.earlier.none}</p>}
      {withheld.value > 0 && <p>{t.earlier.withheld(withheld.value)}</p>}
      {found.value?.map((one, i) => (
        <details key={one.summary.id} open={i === 0}>
          <summary>
            <b>{t.earlier.opened(dateOf(one.summary.opened_at))}</b>{" "}
            <span class="quiet">
              <bdi>{[issueName(one.summary.issue), ended(one), ...one.tags].join(" · ")}</bdi>
            </span>
          </summary>
          <ol class="read">
            <Lines messages={one.messages} />
          </ol>
        </details>
      ))}
      <Failure text={error.value} />
      <Buttons back={t.earlier.close} />
    </Modal>
  );
}

/** What another wrote here before, which the conversation leaves out: nothing of it stays on the screen. */
export function ApartDialog({ summary: { id, writers } }: { summary: Summary }) {
  const found = useSignal<readonly Message[] | null>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const shown = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone.
  useEffect(() => shown.current?.focus(), [found.value]);
  const show = async () => {
    if (busy.value) return;
    busy.value = true;
    try {
      found.value = (await api.apart(id)).messages;
      error.value = null;
    } catch (refused) {
      failed(refused);
      error.value = say(refused);
    }
    busy.value = false;
  };
  const whose = [...new Set((writers ?? []).filter((w) => w.apart).map(who))].join(" ; ");
  return (
    <Modal title={t.apart.title} name="earlier">
      <p>
        <bdi>{t.apart.whose(whose)}</bdi>
      </p>
      <p>{t.apart.why}</p>
      {found.value ? (
        <div ref={shown} tabIndex={-1} role="group" aria-label={whose}>
          <ol class="read">
            <Lines messages={found.value} />
          </ol>
        </div>
      ) : (
        <p>{t.apart.screen}</p>
      )}
      <Failure text={error.value} />
      <Buttons
        back={t.apart.close}
        {...(!found.value && { go: t.apart.show, act: () => void show() })}
        busy={busy.value}
      />
    </Modal>
  );
}

/** Messages to be read back, for a list of class `read`. */
export const Lines = ({ messages }: { messages: Iterable<Message> }) => (
  <>
    {Array.from(messages, (message) => (
      <li key={message.seq} class={`by-${message.author}`}>
        <span class="quiet">
          <bdi>{author(message)}</bdi>, {momentOf(message.at)}
        </span>
        <p dir="auto">{words(message)}</p>
      </li>
    ))}
  </>
);

const ended = ({ outcome, messages }: Earlier): string => {
  const last = messages.filter((one) => one.author === "listener").at(-1)?.name;
  return [outcome ? OUTCOME[outcome].name : t.earlier.noOutcome, last && t.earlier.by(last)]
    .filter(Boolean)
    .join(", ");
};

const author = ({ author: by, name }: Message): string =>
  by === "listener" ? (name ?? t.conversation.unknownListener) : AUTHOR[by];

const words = (message: Message): string =>
  message.deleted_at
    ? t.conversation.deleted
    : [message.type && typeName(message.type), message.text].filter(Boolean).join(" : ");

export function SearchDialog() {
  const hits = useSignal<readonly Hit[] | null>(null);
  const error = useSignal<string | null>(null);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    error.value = null;
    try {
      hits.value = (await api.search(box.current?.value ?? "")).hits;
    } catch (refused) {
      failed(refused);
      error.value = say(refused);
    }
  };
  const go = (hit: Hit) => {
    wanted.value = { id: hit.id, seq: hit.seq };
    dismiss();
    void openConversation(hit.id);
  };
  return (
    <Modal title={t.search.title} name="search">
      <form class="words" role="search" onSubmit={(event) => void submit(event)}>
        <label for="sought">{t.search.label}</label>
        <input id="sought" ref={box} maxLength={80} autocomplete="off" aria-describedby="sought-hint" />
        <small id="sought-hint">{t.search.hint}</small>
        <button type="submit" class="primary">
          {t.search.submit}
        </button>
      </form>
      <Failure text={error.value} />
      <p role="status" class="quiet">
        {hits.value && (hits.value.length ? t.search.found(hits.value.length) : t.search.none)}
      </p>
      <ul class="hits">
        {hits.value?.map((hit) => (
          <li key={`${hit.id}-${hit.seq}`}>
            <button type="button" class="jump" onClick={() => go(hit)}>
              <span class="said">
                <Excerpt hit={hit} />
              </span>
              <span class="rule">
                <bdi>{about(hit.id)}</bdi>, {momentOf(hit.at)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Modal>
  );
}

function about(id: string): string {
  const summary = summaryList.value.find((one) => one.id === id);
  return summary ? `${issueName(summary.issue)} · ${who(summary)}` : "";
}

function Excerpt({ hit: { text, start, end } }: { hit: Hit }) {
  const points = [...text];
  return (
    <bdi>
      {points.slice(0, start).join("")}
      <mark>{points.slice(start, end).join("")}</mark>
      {points.slice(end).join("")}
    </bdi>
  );
}
