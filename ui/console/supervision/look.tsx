// Looking over a listener's shoulder: a reason first, then what was said, and a whisper.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { call, say } from "../api";
import { Buttons, Modal, Opens } from "../modal";
import { isGrave } from "../kinds";
import { Failure } from "../parts";
import { AUTHOR, issueName, t, who } from "../strings";
import { clockOf } from "../time";
import type { Detail, Message } from "../types";
import { sheetOf } from "../view";
import type { Row } from "./types";
import { w } from "./words";

export function Look({ row, close }: { row: Row; close: () => void }) {
  const reason = useSignal("");
  const detail = useSignal<Detail | null>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  useEffect(
    () => () => {
      sheetOf.value = null;
    },
    [],
  );

  const one = `board/${encodeURIComponent(row.id)}`;
  const look = async (event?: Event) => {
    event?.preventDefault();
    if (busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      detail.value = await call<Detail>("POST", `${one}/look`, { reason: reason.value });
    } catch (failure) {
      error.value = say(failure);
    }
    busy.value = false;
  };

  return (
    <Modal
      name="look"
      title={
        <>
          {issueName(row.issue)} <small>{who(row)}</small>
        </>
      }
      leave={close}
    >
      {detail.value === null ? (
        <form onSubmit={(event) => void look(event)}>
          <p>{w.lookWhy}</p>
          <label class="pick">
            {w.reason}
            <input
              type="text"
              required
              minLength={3}
              maxLength={200}
              value={reason.value}
              onInput={(event) => {
                reason.value = event.currentTarget.value;
              }}
            />
          </label>
          <Failure text={error.value} />
          <Buttons back={w.close} leave={close} go={w.look} busy={busy.value}>
            <SheetButton row={row} messages={undefined} />
          </Buttons>
        </form>
      ) : (
        <>
          <ol class="said" tabIndex={0} aria-label={w.said}>
            {detail.value.messages.map((message) => (
              <Line key={message.seq} message={message} />
            ))}
          </ol>
          {row.listener_id && <Whisper one={one} name={row.listener} />}
          <Failure text={error.value} />
          <Buttons back={w.close} leave={close}>
            <SheetButton row={row} messages={detail.value.messages} />
            <button type="button" class="secondary" aria-busy={busy.value} onClick={() => void look()}>
              {w.again}
            </button>
          </Buttons>
        </>
      )}
    </Modal>
  );
}

/** Somebody's life may be at stake, and who answers them has their hands full. */
function SheetButton({ row, messages }: { row: Row; messages: readonly Message[] | undefined }) {
  if (!isGrave(row)) return null;
  return (
    <Opens
      name="emergency"
      first={() => {
        sheetOf.value = { summary: row, messages };
      }}
    >
      {t.aftercare.title.emergency}
    </Opens>
  );
}

function Line({ message }: { message: Message }) {
  const author = message.author === "listener" ? (message.name ?? w.listener) : AUTHOR[message.author];
  return (
    <li class={message.author}>
      <b>
        <bdi>{author}</bdi>
      </b>{" "}
      <time dateTime={message.at}>{clockOf(message.at)}</time>
      <p>
        <bdi>{message.text || w.noText}</bdi>
      </p>
    </li>
  );
}

function Whisper({ one, name }: { one: string; name: string | null }) {
  const text = useSignal("");
  const said = useSignal("");
  const error = useSignal<string | null>(null);
  // The same words sent twice after a lost answer are one note.
  const cid = useRef(crypto.randomUUID());
  const send = async (event: Event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    error.value = null;
    try {
      await call("POST", `${one}/whisper`, { cid: cid.current, text: text.value.trim() });
      said.value = w.whispered(name);
      text.value = "";
      cid.current = crypto.randomUUID();
    } catch (failure) {
      error.value = say(failure);
    }
  };
  return (
    <form class="whisper" onSubmit={(event) => void send(event)}>
      <label class="pick">
        {w.whisperTo(name)}
        <textarea
          rows={2}
          maxLength={2000}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            said.value = "";
          }}
        />
      </label>
      <button type="submit" class="secondary" disabled={!text.value.trim()}>
        {w.whisper}
      </button>
      <p role="status">{said.value}</p>
      <Failure text={error.value} />
    </form>
  );
}
