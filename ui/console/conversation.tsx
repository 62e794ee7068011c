import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Aftercare } from "./aftercare";
import { CardPanel } from "./card";
import { Composer, touch } from "./composer";
import { Identity } from "./following";
import { Icon } from "./icons";
import { isCall, isGrave } from "./kinds";
import { Bubble, Pending } from "./message";
import { Opens } from "./modal";
import { Notices } from "./notices";
import { NoteList, OfferNotice } from "./passing";
import { Channel, Origin, Since, Unheard, UrgencyTag } from "./parts";
import { remove } from "./removing";
import { leave, markShown, openConversation, openError, outbox, shown, threads } from "./store";
import { issueName, platformName, t, who } from "./strings";
import { CallNotes, JoinedLink } from "./telephone";
import { dayOf, whenOf } from "./time";
import type { Summary } from "./types";
import { dialog, focusNext, pane, pageVisible, wanted } from "./view";
import { TakesOver } from "./writer";
import { writing } from "./writing";

export function Conversation({ summary }: { summary: Summary }) {
  const id = summary.id;
  const thread = threads.value[id];
  const log = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const atBottom = useRef(true);
  const below = useSignal(false);
  const messages = thread?.messages;
  const last = messages?.at(-1)?.seq ?? 0;
  const unsent = outbox.value[id] ?? [];
  const call = isCall(summary);

  const toBottom = () => {
    const element = log.current;
    if (element) element.scrollTop = element.scrollHeight;
    atBottom.current = true;
    below.value = false;
  };

  // Arriving: the reply box is ready, except where that would raise a phone's keyboard.
  const ready = thread !== undefined;
  useEffect(() => {
    if (!ready) return;
    const box = touch ? null : document.getElementById(call ? "note" : "reply");
    (box ?? heading.current)?.focus();
  }, [id, ready]);

  useLayoutEffect(() => {
    if (atBottom.current) toBottom();
    else below.value = true;
  }, [last, unsent.length, ready, call && thread?.notes.length]);

  useEffect(() => {
    const element = log.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (atBottom.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [id, ready]);

  // A changed message stays where it stands: being at the end is not to have seen it. What was never on
  // this screen is told by the card.
  const edited = useRef(shown.peek()[id]?.edited);
  const changed = useSignal<readonly number[]>([]);
  useLayoutEffect(() => {
    if (!messages) return;
    const before = edited.current;
    const moments = messages.map((m) => m.edited_at ?? "");
    edited.current = moments.reduce((last, at) => (at > last ? at : last), before ?? "");
    if (before === undefined) return;
    const fresh = messages.filter((_, i) => (moments[i] ?? "") > before).map((m) => m.seq);
    if (fresh.length) changed.value = [...changed.value, ...fresh];
  }, [messages]);

  // Seen is what was on screen: not beyond its edges, nor behind the other pane of a narrow one.
  const version = thread?.cardVersion ?? 0;
  const look = () => {
    const box = log.current?.getBoundingClientRect();
    if (!pageVisible.value || !box?.height) return;
    const away = changed.value.filter((seq) => {
      const at = document.getElementById(`m${seq}`)?.getBoundingClientRect();
      return at && (at.bottom <= box.top || at.top >= box.bottom);
    });
    if (away.length < changed.value.length) changed.value = away;
    // A call may be without a word of its own, and is seen all the same.
    if (!below.value && !away.length && (last || call)) markShown(id, last, version, edited.current);
  };
  useEffect(look, [id, last, version, ready, below.value, pageVisible.value, pane.value, changed.value]);

  const goTo = (seq: number) => {
    pane.value = "messages";
    requestAnimationFrame(() => {
      const element = document.getElementById(`m${seq}`);
      atBottom.current = false;
      element?.scrollIntoView({ block: "center" });
      element?.focus({ preventScroll: true });
    });
  };

  const sought = wanted.value?.id === id ? wanted.value.seq : null;
  useEffect(() => {
    if (!ready || sought === null || dialog.value !== null) return;
    wanted.value = null;
    goTo(sought);
  }, [ready, sought, dialog.value]);

  const platform = platformName(thread?.card.platform ?? summary.platform);
  const danger =
    summary.urgency === "critique" ||
    summary.danger_since !== null ||
    summary.issue === "ideation_suicidaire" ||
    summary.issue === "danger_physique";

  return (
    <main class={`conversation show-${pane.value}`} aria-labelledby="conversation-title">
      <header class="pane-head">
        <button type="button" class="back"
          onClick={() => {
            leave();
            focusNext.value = "next";
          }}
        >
          <Icon name="back" />
          <span>{t.conversation.back}</span>
        </button>
        <div class="title">
          <h2 id="conversation-title" ref={heading} tabIndex={-1}>
            <UrgencyTag urgency={summary.urgency} /> <bdi>{issueName(summary.issue)}</bdi>
          </h2>
          <p>
            <bdi>{[who(summary), platform].filter(Boolean).join(" · ")}</bdi>
            <span class="quiet">
              {" "}
              · <Channel name={summary.channel} />, {t.mine.opened(whenOf(summary.opened_at))}
              {summary.origin && (
                <>
                  {" "}
                  · <Origin code={summary.origin} />
                </>
              )}
            </span>
          </p>
          {summary.joined && (
            <p>
              <JoinedLink summary={summary} />
            </p>
          )}
          {summary.unheard && (
            <p>
              <Unheard urgency={summary.urgency} />
            </p>
          )}
          {summary.danger_since && (
            <p class="mark danger">
              <Icon name="alarm" />
              {t.queue.danger} <Since at={summary.danger_since} seconds />
            </p>
          )}
        </div>
        <div class="switch" role="group" aria-label={t.conversation.label}>
          {(["messages", "card"] as const).map((name) => (
            <button
              type="button"
              key={name}
              aria-pressed={pane.value === name}
              onClick={() => {
                pane.value = name;
              }}
            >
              {t.conversation[name]}
            </button>
          ))}
        </div>
        {isGrave(summary) && (
          <Opens name="emergency" class="secondary end">{t.aftercare.title.emergency}</Opens>
        )}
        <button type="button" class="secondary" onClick={() => void remove(id)}>
          {t.conversation.remove}
        </button>
        <Opens name="pass" class="secondary end">{t.pass.button}</Opens>
        <Opens name="close" class="secondary end">{t.conversation.close}</Opens>
      </header>
      <Notices summary={summary} />
      <Identity summary={summary} />
      <OfferNotice summary={summary} />
      {openError.value && (
        <p class="failure standalone" role="alert">
          {t.conversation.failed} {openError.value}{" "}
          <button type="button" class="link" onClick={() => void openConversation(id)}>
            {t.conversation.retry}
          </button>
        </p>
      )}
      {!thread && !openError.value && <p class="empty">{t.conversation.loading}</p>}
      {thread && (
        <>
          <div class="talk">
            <div
              class="log"
              id="log"
              role="log"
              aria-label={t.conversation.messages}
              tabIndex={0}
              ref={log}
              onScroll={(event) => {
                const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
                atBottom.current = scrollHeight - scrollTop - clientHeight < 40;
                if (atBottom.current) below.value = false;
                if (changed.value.length) look();
              }}
            >
              {call && <Aftercare name="line" summary={summary} />}
              {thread.messages.map((message, i) => {
                const date = dayOf(message.at);
                const previous = thread.messages[i - 1];
                return (
                  <Fragment key={message.seq}>
                    {(!previous || dayOf(previous.at) !== date) && <p class="day">{date}</p>}
                    <TakesOver summary={summary} seq={message.seq} before={previous?.seq ?? 0} />
                    <Bubble
                      conversation={id}
                      message={message}
                      thread={thread.messages}
                      follows={previous?.author === message.author && previous.name === message.name}
                      goTo={goTo}
                    />
                  </Fragment>
                );
              })}
              {unsent.map((item) => (
                <Pending key={item.cid} id={id} item={item} />
              ))}
              {call && thread.notes.length > 0 && (
                <div class="notes">
                  <NoteList notes={thread.notes} />
                </div>
              )}
            </div>
            {changed.value[0] ? (
              <button type="button" class="latest" onClick={() => goTo(changed.value[0] ?? 0)}>
                <Icon name="eye" />
                {t.conversation.changed}
              </button>
            ) : (
              below.value && (
                <button type="button" class="latest" onClick={toBottom}>
                  <Icon name="down" />
                  {t.conversation.newBelow}
                </button>
              )
            )}
            <Writing id={id} />
            {call ? (
              <CallNotes key={id} id={id} />
            ) : (
              <Composer key={id} id={id} danger={danger} role={summary.role} issue={summary.issue} channel={summary.channel} ends={summary.window_ends_at} />
            )}
          </div>
          <CardPanel thread={thread} summary={summary} goTo={goTo} />
        </>
      )}
    </main>
  );
}

/** Always there, so that a screen reader hears it come, once however often it is told. */
function Writing({ id }: { id: string }) {
  return (
    <p class="writing" role="status">
      {writing.value === id && t.conversation.writing}
    </p>
  );
}
