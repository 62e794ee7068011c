// One message: who, what, what was found in it, what is on it, and how far it got.
import { File } from "./attachment";
import { Icon } from "./icons";
import { UrgencyTag } from "./parts";
import { addToDraft } from "./drafts";
import { flush, me, type Outgoing, outbox, reply, takeBack } from "./store";
import { AUTHOR, ruleName, t, typeName, URGENCY } from "./strings";
import { clip, excerpt, segments } from "./text";
import { clockOf, momentOf } from "./time";
import { canResend, deliveryWords } from "./trouble";
import type { Message } from "./types";

function speaker(message: Message): string {
  if (message.author !== "listener") return AUTHOR[message.author] ?? AUTHOR.service;
  if (message.name === me.value?.name) return t.conversation.me;
  return message.name ? t.conversation.listener(message.name) : t.conversation.unknownListener;
}

const ICONS = { person: "person", bot: "bot", service: "bell", elsewhere: "link", listener: null } as const;

// What no machine reads, and what a person needs to take it in.
const SENSE: Record<string, "ear" | "eye" | "file"> = {
  voice: "ear",
  audio: "ear",
  image: "eye",
  video: "eye",
  sticker: "eye",
  story_mention: "eye",
  document: "file",
};

function senseOf(m: Message): "ear" | "eye" | "file" | null {
  if (m.author !== "person" || m.deleted_at !== null) return null;
  const kind = m.attachments[0]?.type ?? m.type ?? "";
  return Object.hasOwn(SENSE, kind) ? (SENSE[kind] ?? null) : null;
}

interface BubbleProps {
  conversation: string;
  message: Message;
  thread: readonly Message[];
  follows: boolean;
  goTo: (seq: number) => void;
}

export function Bubble({ conversation, message: m, thread, follows, goTo }: BubbleProps) {
  const icon = ICONS[m.author];
  const sense = senseOf(m);
  const type = m.type && typeName(m.type);
  return (
    <article class={`message ${m.author}${follows ? " follows" : ""}`} id={`m${m.seq}`} tabIndex={-1}>
      <header>
        {icon && <Icon name={icon} />}
        <b>
          <bdi>{speaker(m)}</bdi>
        </b>
        <time dateTime={m.at}>{clockOf(m.at)}</time>
        {type && (
          <span class="quiet">
            <bdi>{clip(type, 60)}</bdi>
          </span>
        )}
        {m.forwarded && <span class="quiet">{t.conversation.forwarded}</span>}
        {m.edited_at && !m.deleted_at && (
          <span class="quiet" title={momentOf(m.edited_at)}>
            {t.conversation.edited}
          </span>
        )}
        {m.choice !== null && <span class="quiet">{t.conversation.tapped}</span>}
      </header>
      {m.reply_to !== null && <Quote seq={m.reply_to} thread={thread} goTo={goTo} />}
      {m.deleted_at ? (
        <p class="deleted">
          <Icon name="eraser" />
          {m.author === "person" ? t.conversation.deleted : t.conversation.deletedElsewhere}
        </p>
      ) : (
        <Words message={m} />
      )}
      {!m.deleted_at && m.attachments.length > 0 && (
        <div class="files">
          {m.attachments.map((file) => (
            <File key={file.id} conversation={conversation} file={file} />
          ))}
        </div>
      )}
      {sense && (
        <p class={`sense${m.text.trim() ? " quiet" : ""}`}>
          <Icon name={sense} />
          {m.text.trim() ? t.conversation.captionOnly : t.conversation.unreadable[sense]}
        </p>
      )}
      <Found message={m} />
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
      {m.reaction && (
        <p class="reaction">
          <span class="sr">{t.conversation.reaction} </span>
          <bdi>{clip(m.reaction, 12)}</bdi>
        </p>
      )}
      {m.delivery && m.author !== "person" && (
        <HowFar conversation={conversation} message={m} delivery={m.delivery} thread={thread} />
      )}
    </article>
  );
}

function Words({ message: m }: { message: Message }) {
  if (!m.text) return null;
  return (
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
  );
}

function Found({ message: m }: { message: Message }) {
  if (!m.reasons.length) return null;
  return (
    <ul class="found" aria-label={t.conversation.reasonAria}>
      {m.reasons.map((reason, i) => (
        <li key={i}>
          <UrgencyTag urgency={reason.urgency} />
          <span>
            <bdi>{ruleName(reason.rule)}</bdi>
            {m.reasons.length > 1 && m.text && (
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
  );
}

/** The first words of what a message answers; a way to it where it is on this page. */
function Quote({ seq, thread, goTo }: { seq: number; thread: readonly Message[]; goTo: (seq: number) => void }) {
  const target = thread.find((m) => m.seq === seq);
  if (!target) return <p class="quote">{t.conversation.inReplyToOlder}</p>;
  const said = target.deleted_at
    ? t.conversation.deleted
    : target.text || typeName(target.type ?? target.attachments[0]?.type ?? "document");
  return (
    <button type="button" class="quote" onClick={() => goTo(seq)}>
      <span class="sr">{t.conversation.inReplyTo} </span>
      <b>
        <bdi>{speaker(target)}</bdi>
      </b>{" "}
      <bdi>{clip(said, 80)}</bdi>
    </button>
  );
}

interface HowFarProps {
  conversation: string;
  message: Message;
  delivery: NonNullable<Message["delivery"]>;
  thread: readonly Message[];
}

function HowFar({ conversation: id, message: m, delivery, thread }: HowFarProps) {
  const own = delivery.status === "failed" && m.author === "listener";
  // The same words written since, or on their way: this one has been dealt with.
  const again =
    thread.some((later) => later.seq > m.seq && later.author === "listener" && later.text === m.text) ||
    (outbox.value[id] ?? []).some((o) => o.text === m.text);
  return (
    <p class={`delivery ${delivery.status}`}>
      {delivery.status === "failed" && <Icon name="alarm" />}
      {delivery.status === "unknown" && <Icon name="question" />}
      <bdi>{deliveryWords(delivery)}</bdi>
      {own && !again && (
        <>
          {" "}
          {canResend(delivery) && (
            <button type="button" class="link" onClick={() => reply(id, m.text)}>
              {t.conversation.again}
            </button>
          )}{" "}
          <button
            type="button"
            class="link"
            onClick={() => addToDraft(id, "reply", m.text)}
          >
            {t.conversation.reuse}
          </button>
        </>
      )}
    </p>
  );
}

export function Pending({ id, item }: { id: string; item: Outgoing }) {
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
