// What the person sees. Text only ever reaches the page as text nodes.

import { Component, type JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Team } from "./protocol";
import { type Chat, type Item, lengthOf } from "./store";
import { ABROAD, NUMBERS, NUMBERS_NOW, S } from "./strings";

const NEAR_BOTTOM_PX = 80;

const touch = (): boolean => matchMedia("(pointer: coarse)").matches;

export function App({ chat, leave }: { chat: Chat; leave: () => void }): JSX.Element {
  return (
    <div class="app" data-vous={chat.vous.value}>
      <header class="head">
        <div class="name">
          <h1>{S.title}</h1>
          <p>{S.subtitle}</p>
        </div>
        <button type="button" class="exit" onClick={leave}>
          <Icon path="M14 4h5v16h-5M4 12h10m-4-4 4 4-4 4" />
          {S.exit}
        </button>
      </header>
      <Danger chat={chat} />
      <main class="talk">
        <Thread chat={chat} />
        <Status chat={chat} />
        {chat.page.value && chat.more.value ? <chat.more.value.Sheet chat={chat} /> : <Composer chat={chat} />}
      </main>
    </div>
  );
}

function Danger({ chat }: { chat: Chat }): JSX.Element {
  const { danger, region } = chat.state.value;
  const ours = danger ? NUMBERS_NOW : NUMBERS;
  const theirs = ABROAD[region] ?? [];
  const shown = [...theirs, ...ours.filter((one) => !theirs.some(({ number }) => number === one.number))];
  const [open, setOpen] = useState(danger);
  useLayoutEffect(() => setOpen(danger), [danger]);
  return (
    <section class="danger" aria-label={S.dangerRegion} data-now={danger} data-open={open}>
      <div class="danger-top">
        <h2>{danger ? S.dangerNow : S.dangerTitle}</h2>
        <button type="button" class="more" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? S.dangerLess : S.dangerMore}
        </button>
      </div>
      <p class="danger-now" role="alert">
        {danger && <span class="sr">{S.dangerShown} </span>}
        {danger && !theirs.length && S.dangerSilent}
      </p>
      <ul>
        {shown.map(({ number, href, who }) => (
          <li key={number} class={number === "3114" || number.length > 7 ? "wide" : ""}>
            <a href={href}>
              <b>{number}</b> {number === "114" && <i aria-hidden="true">SMS</i>}
              <span>{who}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Thread({ chat }: { chat: Chat }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const [unread, setUnread] = useState(false);
  const items = chat.items.value;
  const link = chat.link.value;
  const More = chat.more.value;

  const last = useRef({ shape: "", top: 0 });

  const look = (): void => {
    if (stuck.current && document.visibilityState === "visible") chat.seen();
  };

  // Called after anything that may have moved the log: a message, a scroll, a keyboard, a panel, a
  // font. Only someone scrolling up leaves the bottom: a box that changed its shape did not.
  const follow = (): void => {
    let el: HTMLElement | null = box.current;
    // Where there is little height (400 % zoom) the whole chat scrolls, and not the box.
    if (el && getComputedStyle(el).overflowY === "visible") el = el.closest<HTMLElement>(".root");
    if (!el) return;
    const shape = `${el.className} ${el.clientHeight} ${el.scrollHeight}`;
    const same = shape === last.current.shape;
    const near = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_BOTTOM_PX;
    if (near) stuck.current = true;
    else if (same && el.scrollTop < last.current.top) stuck.current = false;
    // Before the first message, the screen is read from its top.
    if (stuck.current && !(same && near) && chat.items.value.length) el.scrollTop = el.scrollHeight;
    last.current = { shape, top: el.scrollTop };
    if (stuck.current) {
      setUnread(false);
      look();
    }
  };

  useLayoutEffect(() => {
    const root = box.current?.closest(".root");
    const watch = new ResizeObserver(follow);
    for (const el of [root, box.current, content.current]) if (el) watch.observe(el);
    // Capturing: whichever of the two scrolls.
    root?.addEventListener("scroll", follow, true);
    document.addEventListener("visibilitychange", look);
    return () => {
      watch.disconnect();
      root?.removeEventListener("scroll", follow, true);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);

  const toBottom = (): void => {
    stuck.current = true;
    last.current.shape = "";
    follow();
  };

  const count = items.length;
  const before = useRef(0);
  useLayoutEffect(() => {
    if (!before.current || items.at(-1)?.from === "me" || stuck.current) toBottom();
    else setUnread(true);
    before.current = count;
  }, [count]);
  useEffect(look, [items, link]);

  return (
    <div class="thread">
      <div class="scroll" ref={box} tabIndex={0} role="region" aria-label={S.thread}>
        <div class="inner" ref={content}>
          <div class="hello">
            <h2>{S.hello}</h2>
            <p>{S.helloMore}</p>
            <Away team={chat.state.value.team} />
            {!items.length && (
              <p class="quiet">
                <button type="button" onClick={() => chat.open("back")}>
                  {S.haveCode}
                </button>
                <button type="button" onClick={() => chat.speak(!chat.vous.value, true)}>
                  {S.otherWords}
                </button>
              </p>
            )}
          </div>
          <Notice />
          <div role="log" aria-live="polite" aria-relevant="additions" aria-label={S.log} class="log">
            {items.map((item) => (
              <Message key={item.key} item={item} chat={chat} vous={chat.vous.value} />
            ))}
          </div>
          <Writing chat={chat} />
          <Choices chat={chat} />
          {chat.state.value.survey && More ? <More.Survey chat={chat} /> : null}
        </div>
      </div>
      {unread && (
        <button type="button" class="jump" onClick={toBottom}>
          <Icon path="M12 5v14m-6-6 6 6 6-6" />
          {S.newMessages}
        </button>
      )}
    </div>
  );
}

function Away({ team }: { team: Team | null }): JSX.Element | null {
  if (!team || team.open) return null;
  return (
    <p class="away">
      <b>{S.away(team.opens)}</b> {S.awayMore}
    </p>
  );
}

function Notice(): JSX.Element {
  return (
    <section class="notice" aria-label={S.noticeTitle}>
      <h2>{S.noticeTitle}</h2>
      <ul>
        {S.notice.map((line) => (
          <li key={line}>{line}</li>
        ))}
        <li>{touch() ? S.noticeExit : `${S.noticeExit} ${S.noticeShift}`}</li>
      </ul>
    </section>
  );
}

function speakerOf({ from, name }: Item): string {
  if (from === "listener") return S.listener(name);
  return S[from];
}

/** Drawn again only when its own message changes, whatever is typed below. */
class Message extends Component<{ item: Item; chat: Chat; vous: boolean }> {
  override shouldComponentUpdate(next: { item: Item; vous: boolean }): boolean {
    return next.item !== this.props.item || next.vous !== this.props.vous;
  }

  override render(): JSX.Element {
    const { item, chat } = this.props;
    const at = new Date(item.at);
    const unsent = item.sending === "late" || item.sending === "refused";
    return (
      <article class={`message ${item.from}`} data-id={item.id ?? ""} data-cid={item.cid} data-sending={item.sending}>
        <p class="who">
          <Icon path={ICONS[item.from]} />
          <span class="speaker">{speakerOf(item)}</span>
          {!Number.isNaN(at.getTime()) && (
            <time dateTime={item.at}>{at.toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" })}</time>
          )}
          {item.from === "me" && <span class="sending">{S[item.sending]}</span>}
        </p>
        <p class="text" dir="auto">
          {item.text}
        </p>
        {unsent && (
          <p class="unsent">
            {item.refusal && <span>{item.refusal}</span>}
            {item.refusal !== S.pictureLost && (
              <button type="button" onClick={() => chat.retry(item.cid)}>
                {S.retry}
              </button>
            )}
          </p>
        )}
      </article>
    );
  }
}

/** Seen each time; told aloud once before each of the listener's messages. */
function Writing({ chat }: { chat: Chat }): JSX.Element {
  const writes = chat.sign.value === "writes";
  return (
    <p class="writing" aria-live={chat.wrote.value ? "off" : "polite"}>
      {writes && (
        <>
          <i />
          <i />
          <i />
          {S.writing(chat.state.value.listener)}
        </>
      )}
    </p>
  );
}

function Choices({ chat }: { chat: Chat }): JSX.Element | null {
  const choices = chat.choices;
  if (!choices.length) return null;
  return (
    <div class="choices" role="group" aria-label={S.choices}>
      {choices.map((choice) => (
        <button
          type="button"
          key={choice.id}
          onClick={(event) => {
            // From the keyboard the focus would be lost with the buttons; a tap must not open a keyboard.
            const root = event.currentTarget.getRootNode() as ShadowRoot;
            chat.choose(choice);
            if (event.detail === 0) root.querySelector("textarea")?.focus();
          }}
        >
          {choice.title}
        </button>
      ))}
      <p>{S.freeText}</p>
    </div>
  );
}

function statusOf(chat: Chat): [kind: string, text: string] {
  const { owner, listener, closed, team } = chat.state.value;
  const link = chat.link.value;
  const unsent = chat.unsent.length;
  if (chat.refusal.value) return ["warn", chat.refusal.value];
  if (link === "busy") return ["warn", S.busy];
  if (link === "down") return ["warn", unsent ? `${S.down} ${S.downUnsent}` : S.down];
  if (link === "connecting") return ["wait", S.connecting];
  if (chat.lost.value) return ["done", S.lost];
  if (closed) return ["done", S.closed];
  if (owner === "queue") {
    if (team && !team.open) return ["done", `${S.away(team.opens)} ${S.queueAway}`];
    if (team?.closes) return ["wait", S.queueCloses(team.closes)];
    return ["wait", S.queue(team?.wait)];
  }
  if (owner === "listener") return ["with", S.withListener(listener)];
  return chat.sign.value ? ["wait", S.thinking] : ["", ""];
}

function Status({ chat }: { chat: Chat }): JSX.Element {
  const [kind, text] = statusOf(chat);
  return (
    <div class="status" role="status" data-kind={kind}>
      <span>{text}</span>
    </div>
  );
}

function Composer({ chat }: { chat: Chat }): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = chat.draft.value;
  const used = lengthOf(draft.trim());
  const limit = chat.limit.value;
  const tooLong = chat.tooLong;
  const near = used > limit * 0.9;

  const placeholder = chat.state.value.closed ? S.placeholderClosed : S.placeholder;
  useLayoutEffect(() => {
    const el = field.current;
    if (!el) return;
    el.style.height = "auto";
    el.style.height = `${el.scrollHeight}px`;
  }, [draft, placeholder]);

  const send = (event?: Event): void => {
    event?.preventDefault();
    chat.submit();
    field.current?.focus();
  };
  const key = (event: KeyboardEvent): void => {
    // On a phone, Enter goes to the line: the button is the way to send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (touch()) return;
    send(event);
  };

  return (
    <form class="compose" onSubmit={send} data-over={tooLong}>
      <div class="row">
        <button type="button" class="plus" aria-label={S.more} onClick={() => chat.open("menu")}>
          <Icon path="M12 5v14M5 12h14" />
        </button>
        <textarea
          ref={field}
          rows={1}
          value={draft}
          aria-label={S.compose}
          aria-describedby="about"
          aria-invalid={tooLong}
          placeholder={placeholder}
          autocomplete="off"
          enterkeyhint="enter"
          onInput={(event) => chat.type(event.currentTarget.value)}
          onKeyDown={key}
        />
        <button type="submit" class="send" aria-disabled={!used || tooLong}>
          <Icon path="M12 19V5m-6 6 6-6 6 6" />
          <span>{S.send}</span>
        </button>
      </div>
      <p id="about" class="about">
        {near ? (
          <span class="count">
            <b>{S.count(used, limit)}</b>
            {tooLong && ` · ${S.tooLong}`}
          </span>
        ) : (
          <span class="keys">{S.enterHint}</span>
        )}
      </p>
      <p class="sr" role="status">
        {tooLong ? S.tooLong : ""}
      </p>
    </form>
  );
}

const ICONS: Record<Item["from"], string> = {
  me: "",
  assistant: "M5 8h14v10H5zM12 8V4M9 12v2m6-2v2",
  listener: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 8c.6-4 3.5-5.5 7-5.5s6.4 1.5 7 5.5",
  service: "M12 11v6m0-10v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
};

export function Icon({ path }: { path: string }): JSX.Element | null {
  if (!path) return null;
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}
