import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { CardPanel } from "./card";
import { Composer, touch } from "./composer";
import { Icon } from "./icons";
import { Since, UrgencyTag } from "./parts";
import {
  flush,
  leave,
  markRead,
  me,
  openConversation,
  openError,
  type Outgoing,
  outbox,
  setDraft,
  drafts,
  takeBack,
  threads,
} from "./store";
import {
  AUTHOR,
  channelName,
  DELIVERY,
  deliveryError,
  issueName,
  platformName,
  ruleName,
  t,
  URGENCY,
  who,
} from "./strings";
import { clip, excerpt, segments } from "./text";
import { clockOf, dayOf } from "./time";
import type { Message, Summary } from "./types";
import { focusNext, pane, pageVisible } from "./view";

export function Conversation({ summary, close }: { summary: Summary; close: () => void }) {
  const id = summary.id;
  const thread = threads.value[id];
  const log = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const atBottom = useRef(true);
  const below = useSignal(false);
  const messages = thread?.messages;
  const last = messages?.at(-1)?.seq ?? 0;
  const unsent = outbox.value[id] ?? [];

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
    const box = touch ? null : document.getElementById("reply");
    (box ?? heading.current)?.focus();
  }, [id, ready]);

  useLayoutEffect(() => {
    if (atBottom.current) toBottom();
    else below.value = true;
  }, [last, unsent.length, ready]);

  useEffect(() => {
    const element = log.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (atBottom.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [id, ready]);

  // Seen is what was on screen: not below its edge, nor behind the other pane of a narrow one.
  useEffect(() => {
    const shown = pageVisible.value && !below.value && (log.current?.clientHeight ?? 0) > 0;
    if (shown && last) markRead(id, last);
  }, [id, last, ready, below.value, pageVisible.value, pane.value]);

  const goTo = (seq: number) => {
    pane.value = "messages";
    requestAnimationFrame(() => {
      const element = document.getElementById(`m${seq}`);
      atBottom.current = false;
      element?.scrollIntoView({ block: "center" });
      element?.focus({ preventScroll: true });
    });
  };

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
              · <bdi>{channelName(summary.channel)}</bdi>, {t.mine.openedAt(clockOf(summary.opened_at))}
            </span>
          </p>
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
        <button type="button" class="secondary end" aria-haspopup="dialog" onClick={close}>
          {t.conversation.close}
        </button>
      </header>
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
              }}
            >
              {thread.messages.map((message, i) => {
                const date = dayOf(message.at);
                const previous = thread.messages[i - 1];
                return (
                  <Fragment key={message.seq}>
                    {(!previous || dayOf(previous.at) !== date) && <p class="day">{date}</p>}
                    <Bubble
                      message={message}
                      follows={previous?.author === message.author && previous.name === message.name}
                      again={() => setDraft(id, [drafts.value[id], message.text].filter(Boolean).join("\n"))}
                    />
                  </Fragment>
                );
              })}
              {unsent.map((item) => (
                <Pending key={item.cid} id={id} item={item} />
              ))}
            </div>
            {below.value && (
              <button type="button" class="latest" onClick={toBottom}>
                <Icon name="down" />
                {t.conversation.newBelow}
              </button>
            )}
            <Composer key={id} id={id} danger={danger} role={summary.role} />
          </div>
          <CardPanel thread={thread} summary={summary} goTo={goTo} />
        </>
      )}
    </main>
  );
}

function speaker(message: Message): string {
  if (message.author !== "listener") return AUTHOR[message.author];
  if (message.name === me.value?.name) return t.conversation.me;
  return message.name ? t.conversation.listener(message.name) : t.conversation.unknownListener;
}

const ICONS = { person: "person", bot: "bot", service: "bell", listener: null } as const;

function Bubble({ message: m, follows, again }: { message: Message; follows: boolean; again: () => void }) {
  const icon = ICONS[m.author];
  return (
    <article class={`message ${m.author}${follows ? " follows" : ""}`} id={`m${m.seq}`} tabIndex={-1}>
      <header>
        {icon && <Icon name={icon} />}
        <b>
          <bdi>{speaker(m)}</bdi>
        </b>
        <time dateTime={m.at}>{clockOf(m.at)}</time>
        {m.choice !== null && <span class="quiet">{t.conversation.tapped}</span>}
      </header>
      <p class="text" dir="auto">
        {segments(m.text, m.reasons).map((part, i) => {
          const first = part.reasons[0];
          return first ? (
            <mark key={i} class={`u-${first.urgency}`}>
              {part.text}
            </mark>
          ) : (
            part.text
          );
        })}
      </p>
      {m.reasons.length > 0 && (
        <ul class="found" aria-label={t.conversation.reasonAria}>
          {m.reasons.map((reason, i) => (
            <li key={i}>
              <UrgencyTag urgency={reason.urgency} />
              <span>
                <bdi>{ruleName(reason.rule)}</bdi>
                {m.reasons.length > 1 && (
                  <>
                    {" "}
                    : «&nbsp;<bdi>{clip(excerpt(m.text, reason.start, reason.end), 60)}</bdi>&nbsp;»
                  </>
                )}
                <span class="sr"> ({URGENCY[reason.urgency]})</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {m.choices.length > 0 && (
        <p class="choices">
          <span class="quiet">{t.conversation.offered}</span>{" "}
          {m.choices.map((choice) => (
            <span class="choice" key={choice.id}>
              <bdi>{choice.title}</bdi>
            </span>
          ))}
        </p>
      )}
      {m.delivery && m.author !== "person" && (
        <p class={`delivery ${m.delivery.status}`}>
          {m.delivery.status === "failed" && <Icon name="alarm" />}
          {DELIVERY[m.delivery.status]}
          {m.delivery.error && (
            <>
              {" "}
              : <bdi>{deliveryError(m.delivery.error)}</bdi>
            </>
          )}
          {m.delivery.status === "failed" && m.author === "listener" && (
            <>
              {" "}
              <button type="button" class="link" onClick={again}>
                {t.conversation.reuse}
              </button>
            </>
          )}
        </p>
      )}
    </article>
  );
}

function Pending({ id, item }: { id: string; item: Outgoing }) {
  return (
    <article class="message listener pending">
      <header>
        <b>{t.conversation.me}</b>
      </header>
      <p class="text" dir="auto">
        {item.text}
      </p>
      <p class={`delivery ${item.state === "refused" ? "failed" : "queued"}`} role="status">
        {item.state === "refused" ? (
          <>
            <Icon name="alarm" />
            {t.reply.notSent} {item.error}{" "}
            <button type="button" class="link" onClick={() => takeBack(id, item.cid)}>
              {t.reply.takeBack}
            </button>
          </>
        ) : item.error ? (
          <>
            {t.reply.retrying} {item.error}{" "}
            <button type="button" class="link" onClick={() => void flush(id)}>
              {t.reply.retryNow}
            </button>
          </>
        ) : (
          t.reply.sending
        )}
      </p>
    </article>
  );
}
