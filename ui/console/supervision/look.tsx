// Looking over a listener's shoulder: a reason first, then what was said, and a whisper.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, call, say } from "../api";
import { answered, commandFor, DESK, draftOf } from "../drafts";
import { KeptWords } from "../keptwords";
import { Buttons, Modal, Opens } from "../modal";
import { isGrave } from "../kinds";
import { Failure } from "../parts";
import { Lines } from "../past";
import { issueName, t, who } from "../strings";
import type { Detail, Message } from "../types";
import { sheetOf } from "../view";
import type { Row } from "./types";
import { w } from "./words";

const board = (row: Row): string => `board/${encodeURIComponent(row.id)}`;

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

  const look = async (event?: Event) => {
    event?.preventDefault();
    if (busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      detail.value = await call<Detail>("POST", `${board(row)}/look`, { reason: reason.value });
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
          <ol class="read said" tabIndex={0} aria-label={w.said}>
            <Lines messages={detail.value.messages} />
          </ol>
          {row.listener_id && <Whisper row={row} />}
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

function Whisper({ row }: { row: Row }) {
  const field = `whisper ${row.id}`;
  const said = useSignal("");
  const error = useSignal<string | null>(null);
  const text = draftOf(DESK, field).trim();
  const send = async (event: Event) => {
    event.preventDefault();
    if (!text) return;
    error.value = null;
    const cid = commandFor(DESK, field);
    try {
      await call("POST", `${board(row)}/whisper`, { cid, text });
      answered(DESK, cid, true);
      said.value = w.whispered(row.listener);
    } catch (failure) {
      if (failure instanceof ApiError && failure.status < 500) answered(DESK, cid, false);
      error.value = say(failure);
    }
  };
  return (
    <form class="whisper words" onSubmit={(event) => void send(event)}>
      <KeptWords of={DESK} field={field} id="whisper" label={w.whisperTo(row.listener)} hint={w.whisperHint} rows={2} />
      <button type="submit" class="secondary" disabled={!text}>
        {w.whisper}
      </button>
      <p role="status">{text ? "" : said.value}</p>
      <Failure text={error.value} />
    </form>
  );
}
