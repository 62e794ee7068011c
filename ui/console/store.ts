// What the console knows, and what changes it. Components read the signals and call the actions.
import { batch, computed, signal } from "@preact/signals";
import { ApiError, api, NoAnswer, say } from "./api";
import { followChannels, forgetChannels } from "./channels";
import { addToDraft, dropDrafts, drafts, newCommand, remember, setDraft } from "./drafts";
import { type Dict, keep, kept, wipe, without } from "./keeping";
import { heardOf } from "./newer";
import * as socket from "./socket";
import { channelName, issueName, t, unheard, URGENCY, who } from "./strings";
import { setServerTime } from "./time";
import type { Card, Detail, Me, Message, Note, Outcome, ServerFrame, Summary } from "./types";
import { ABOUT_OPEN, dialog, focusNext, section, sheetOf } from "./view";
import { personWrites, personWrote } from "./writing";

export interface Thread {
  card: Card;
  cardVersion: number;
  messages: Message[];
  notes: readonly Note[];
}

export interface Outgoing {
  cid: string;
  text: string;
  /** The version that had been on screen when this was written. */
  seen: number;
  /** waiting: to be sent or tried again by itself; refused: the server said no. */
  state: "sending" | "waiting" | "refused";
  error: string | null;
}

/** undefined: not asked yet. null: nobody is signed in. */
export const me = signal<Me | null | undefined>(undefined);
/** Whether the signed-in account may do something now; the server decides all the same. */
export const can = (permission: string): boolean =>
  Boolean(me.value?.permissions.includes(permission) && !me.value.must_enrol);
export const bootError = signal<string | null>(null);
export const signInNotice = signal<string | null>(null);
/** Kept in memory between signing in and choosing a password, so as not to ask for it twice. */
export const firstPassword = signal<string | null>(null);

export const summaries = signal<ReadonlyMap<string, Summary>>(new Map());
export const loaded = signal(false);
export const openId = signal<string | null>(null);
/** Why the conversation that was on screen no longer is. */
export const lost = signal<string | null>(null);
export const threads = signal<Dict<Thread>>({});
export const openError = signal<string | null>(null);
export const outbox = signal<Dict<readonly Outgoing[]>>({});
/** What of a conversation has been on this screen: its last message, in which version, and up to which
 *  moment what was changed in it. */
interface Shown {
  seq: number;
  version: number;
  edited: string;
}
export const shown = signal<Dict<Shown>>({});

export const claiming = signal<string | null>(null);
/** Errors beside what failed: "next", or a row's conversation id. */
export const claimErrors = signal<Dict<string>>({});

export const polite = signal("");
export const assertive = signal("");

/** The server's own order: text of one width, compared as text. */
const byPlace = (a: Summary, b: Summary): number => {
  const [x, y] = [(a.place ?? "") + a.id, (b.place ?? "") + b.id];
  return x < y ? -1 : Number(x > y);
};

export const summaryList = computed(() => [...summaries.value.values()]);

export const isMine = (s: Summary) => s.mine && s.ticket === "claimed";

export const waiting = computed(() =>
  [...summaries.value.values()].filter((s) => s.ticket === "waiting").sort(byPlace),
);
export const mine = computed(() =>
  [...summaries.value.values()]
    .filter(isMine)
    .sort((a, b) => (a.claimed_at ?? "").localeCompare(b.claimed_at ?? "") || a.id.localeCompare(b.id)),
);
/** Danger that another listener holds and has not answered in time: anybody may take it over. */
export const isElsewhere = (s: Summary) => s.ticket === "claimed" && !s.mine;
export const alarms = computed(() =>
  [...summaries.value.values()]
    .filter((s) => s.alarmed_at && s.danger_since && (s.ticket === "waiting" || isMine(s) || isElsewhere(s)))
    .sort((a, b) => (a.danger_since ?? "").localeCompare(b.danger_since ?? "")),
);
export const open = computed(() => (openId.value ? summaries.value.get(openId.value) : undefined));

/** How many messages have come since this one was last on screen; -1: never seen here. */
export function unread(summary: Summary): number {
  const seen = shown.value[summary.id];
  return seen === undefined ? -1 : Math.max(0, summary.last_seq - seen.seq);
}
export const unreadCount = computed(() => mine.value.filter((s) => unread(s) !== 0).length);

export const describe = (s: Summary): string =>
  [
    URGENCY[s.urgency] ?? s.urgency,
    s.unheard && unheard(s.urgency).toLowerCase(),
    issueName(s.issue),
    who(s),
    channelName(s.channel),
  ]
    .filter(Boolean)
    .join(", ");

function setOutbox(id: string, items: readonly Outgoing[]): void {
  outbox.value = items.length ? { ...outbox.value, [id]: items } : without(outbox.value, id);
  keep("outbox", outbox.value);
}

/** The version of a conversation that has been on this screen: what came later has not been seen. */
export const seenIn = (id: string): number => shown.value[id]?.version ?? 0;

export function markShown(id: string, seq: number, version: number, edited = ""): void {
  const before = shown.value[id];
  if (before && before.seq >= seq && before.version >= version) return;
  shown.value = {
    ...shown.value,
    [id]: {
      seq: Math.max(seq, before?.seq ?? 0),
      version: Math.max(version, before?.version ?? 0),
      edited: before && before.edited > edited ? before.edited : edited,
    },
  };
  keep("shown", shown.value);
}

function show(id: string | null): void {
  // A dialog about the one that was open must not come up again over another.
  if (id !== openId.value && sheetOf.value === null && dialog.value && ABOUT_OPEN.has(dialog.value)) dialog.value = null;
  openId.value = id;
  keep("open", id);
}

// --- Signing in and out

const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("relais-console") : null;
if (tabs) {
  tabs.onmessage = (event: MessageEvent<unknown>) => {
    if (event.data === "logout" && me.value) forget(null, true);
  };
}

export async function boot(): Promise<void> {
  bootError.value = null;
  try {
    enter((await api.me()).me);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) me.value = null;
    else bootError.value = say(error);
  }
}

export function enter(who_: Me): void {
  if (kept<string | null>("user", null) !== who_.id) {
    wipe();
    keep("user", who_.id);
  }
  batch(() => {
    me.value = who_;
    signInNotice.value = null;
    bootError.value = null;
    remember();
    shown.value = kept("shown", {});
    outbox.value = Object.fromEntries(
      Object.entries(kept<Dict<readonly Outgoing[]>>("outbox", {})).map(([id, items]) => [
        id,
        items.map((o) => (o.state === "sending" ? { ...o, state: "waiting" as const } : o)),
      ]),
    );
  });
  if (who_.must_change_password) return;
  firstPassword.value = null;
  if (can("answer")) {
    socket.start(receive, () => void checkSession());
    followChannels();
  }
}

async function checkSession(): Promise<void> {
  try {
    await api.me();
  } catch (error) {
    failed(error);
  }
}

/** What every failure may mean besides itself: the session ended, or a password must be chosen. */
export function failed(error: unknown): void {
  if (!(error instanceof ApiError) || !me.value) return;
  if (error.status === 401) forget(t.signIn.expired, false);
  else if (error.code === "password_change_required") {
    socket.stop();
    me.value = { ...me.value, must_change_password: true };
  } else if (error.code === "second_factor_required") {
    socket.stop();
    me.value = { ...me.value, must_enrol: true };
  }
}

/** Leave nothing of anybody on screen. `clean`: nor in the tab's storage. */
function forget(notice: string | null, clean: boolean): void {
  socket.stop();
  forgetChannels();
  clearTimeout(outboxTimer);
  ending.clear();
  if (clean) wipe();
  batch(() => {
    me.value = null;
    firstPassword.value = null;
    signInNotice.value = notice;
    summaries.value = new Map();
    loaded.value = false;
    openId.value = null;
    lost.value = null;
    threads.value = {};
    drafts.value = {};
    outbox.value = {};
    shown.value = {};
    claimErrors.value = {};
    ended.value = null;
    section.value = "desk";
    polite.value = "";
    assertive.value = "";
  });
}

export async function logout(): Promise<void> {
  // Wiped first: whatever the server answers, nothing stays on this computer.
  forget(null, true);
  tabs?.postMessage("logout");
  try {
    await api.logout();
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) signInNotice.value = t.signIn.stillOpen;
  }
}

// --- What the server says

function receive(frame: ServerFrame): void {
  switch (frame.type) {
    case "head":
      return head(frame.waiting);
    case "snapshot":
      heardOf(frame.build);
      return snapshot(
        frame.waiting,
        [...frame.mine, ...(frame.alarms ?? []), ...(frame.offered ?? []), ...(frame.along ?? [])],
        frame.now,
      );
    case "summary":
      return learn(frame.summary);
    case "detail": {
      const before = writersOf(frame.summary.id);
      learn(frame.summary);
      learnThread(frame, false);
      // Said on another screen of mine: what may be shown is another now.
      const { id } = frame.summary;
      if (id === openId.value && before !== writersOf(id)) void openConversation(id);
      return;
    }
    case "gone":
      return goneFrom(frame.id, t.conversation.lostTaken);
    case "typing":
      if (frame.id === openId.value) personWrites(frame.id);
  }
}

/** The first rows of a page that shows none yet. One that was cut off keeps what it shows. */
function head(queue: Summary[]): void {
  if (loaded.value) return;
  // What an answer told us is newer.
  summaries.value = new Map([...queue.map((s) => [s.id, s] as const), ...summaries.value]);
}

const writersOf = (id: string): string => JSON.stringify(summaries.value.get(id)?.writers ?? []);

function snapshot(queue: Summary[], own: Summary[], at: string): void {
  setServerTime(at);
  const known = summaries.value;
  const before = loaded.value ? new Set(known.keys()) : null;
  // What an answer told us may be newer than a snapshot that was already on its way.
  const next = new Map<string, Summary>();
  for (const s of [...queue, ...own]) {
    const old = known.get(s.id);
    next.set(s.id, old && old.version > s.version ? old : s);
  }
  batch(() => {
    summaries.value = next;
    loaded.value = true;
  });
  if (before) for (const s of waiting.value) if (!before.has(s.id)) spoken.push(s);
  sayNews();
  sayAlarms();
  for (const id of ending.keys()) askWhetherEnded(id);
  const id = openId.value ?? kept<string | null>("open", null);
  if (id && lost.value === null && !ending.has(id)) {
    const summary = next.get(id);
    if (summary && isMine(summary)) {
      if (openId.value === id && threads.value[id]) socket.send({ type: "watch", id, after: 0 });
      else void openConversation(id);
    } else if (openId.value === id) goneFrom(id, t.conversation.lostTaken);
  }
  for (const key of Object.keys(outbox.value)) void flush(key);
}

/** Over for this screen: in no list of it, and nothing of it can still be done here. */
const isOver = (s: Summary): boolean =>
  s.ticket !== "waiting" &&
  (s.ticket !== "claimed" || !(s.mine || s.alarmed_at || s.offer?.to_me || s.alongside));

/** A late answer may still speak of one that ended a moment ago, and must not bring it back. */
const OVER_KEPT = 50;

/** Forget all but the last that ended: a console is open for a whole shift. `newest` comes last. */
function withoutOld(all: Map<string, Summary>, newest: Summary): Map<string, Summary> {
  if (!isOver(newest)) return all;
  all.delete(newest.id);
  all.set(newest.id, newest);
  const over = [...all.values()].filter((s) => isOver(s) && s.id !== openId.value);
  const old = over.slice(0, Math.max(0, over.length - OVER_KEPT)).map((s) => s.id);
  if (old.length === 0) return all;
  for (const id of old) all.delete(id);
  const rest = <T>(dict: Dict<T>) => old.reduce(without, dict);
  threads.value = rest(threads.value);
  shown.value = rest(shown.value);
  claimErrors.value = rest(claimErrors.value);
  keep("shown", shown.value);
  return all;
}

/** Take in a Summary unless a newer one is known. */
export function learn(summary: Summary): void {
  const old = summaries.value.get(summary.id);
  if (old && old.version > summary.version) return;
  const next = new Map(summaries.value);
  next.set(summary.id, summary);
  batch(() => {
    summaries.value = withoutOld(next, summary);
  });
  if (summary.ticket === "waiting" && old?.ticket !== "waiting") spoken.push(summary);
  if (isMine(summary) && summary.id !== openId.value && old && summary.last_seq > old.last_seq) {
    say_(t.mine.news(`${issueName(summary.issue)}, ${who(summary)}`));
  }
  sayNews();
  sayAlarms();
  if (summary.ticket === "closed" && ending.has(summary.id)) hasEnded(summary.id);
  else if (summary.id === openId.value && !isMine(summary)) {
    goneFrom(
      summary.id,
      summary.ticket === "closed" ? t.conversation.lostClosed : t.conversation.lostTaken,
    );
  }
}

function learnThread({ summary, card, messages, notes }: Detail, whole: boolean): void {
  const old = threads.value[summary.id];
  if (!old && !whole) return;
  const bySeq = new Map((old?.messages ?? []).map((m) => [m.seq, m]));
  if (messages.some((m) => m.author === "person" && !bySeq.has(m.seq))) personWrote(summary.id);
  for (const message of messages) bySeq.set(message.seq, message);
  const newer = !old || summary.version >= old.cardVersion;
  threads.value = {
    ...threads.value,
    [summary.id]: {
      card: newer ? card : old.card,
      cardVersion: newer ? summary.version : old.cardVersion,
      notes: newer ? notes : old.notes,
      messages: [...bySeq.values()].filter(isOf(summary.id)).sort((a, b) => a.seq - b.seq),
    },
  };
  settle(summary.id, messages);
}

/** More messages, and the version that is on screen still that of the card. */
function setMessages(id: string, messages: readonly Message[]): void {
  const thread = threads.value[id];
  if (!thread) return;
  const inOrder = messages.filter(isOf(id)).sort((a, b) => a.seq - b.seq);
  threads.value = { ...threads.value, [id]: { ...thread, messages: inOrder } };
}

/** Whether a message may be on this screen: not one of another who wrote here before. */
function isOf(id: string): (m: Message) => boolean {
  const apart = summaries.value.get(id)?.writers?.filter((w) => w.apart) ?? [];
  return (m) => !apart.some((w) => w.since <= m.seq && m.seq < w.until);
}

export function tellNotes(id: string, notes: readonly Note[]): void {
  const thread = threads.value[id];
  if (thread) threads.value = { ...threads.value, [id]: { ...thread, notes } };
}

/** A reply that is among the messages has been sent, whatever became of the answer. */
function settle(id: string, messages: readonly Message[]): void {
  const items = outbox.value[id];
  if (!items) return;
  const sent = new Set(messages.map((m) => m.cid));
  const left = items.filter((o) => !sent.has(o.cid));
  if (left.length !== items.length) setOutbox(id, left);
}

function goneFrom(id: string, why: string): void {
  threads.value = without(threads.value, id);
  const known = summaries.value.get(id);
  // Whatever was heard of it before.
  if (known && isMine(known)) summaries.value = new Map([...summaries.value].filter(([one]) => one !== id));
  if (openId.value !== id) return;
  lost.value = why;
  show(null);
}

// --- What is said aloud by a screen reader

let spoken: Summary[] = [];
let speaking: ReturnType<typeof setTimeout> | undefined;
const alarmed = new Set<string>();

export const announce = (text: string): void => say_(text);

function say_(text: string): void {
  // The same words twice are a change only if the text differs.
  polite.value = polite.value === text ? `${text}\u200b` : text;
}

function sayNews(): void {
  // Not put off by what comes meanwhile: on a busy evening nothing would ever be said.
  if (!spoken.length || speaking !== undefined) return;
  speaking = setTimeout(() => {
    speaking = undefined;
    const fresh = spoken.filter((s) => summaries.value.get(s.id)?.ticket === "waiting");
    spoken = [];
    const only = fresh[0];
    if (!only) return;
    const critical = fresh.filter((s) => s.urgency === "critique").length;
    say_(fresh.length === 1 ? t.queue.one(describe(only)) : t.queue.several(fresh.length, critical));
  }, 1200);
}

function sayAlarms(): void {
  const current = new Set(alarms.value.map((s) => s.id));
  for (const id of alarmed) if (!current.has(id)) alarmed.delete(id);
  for (const s of alarms.value) {
    if (alarmed.has(s.id)) continue;
    alarmed.add(s.id);
    assertive.value = t.alarm.spoken(describe(s));
  }
}

// --- Taking, opening, leaving

/** The wish for the next one: until it was answered, to ask again is the same wish. */
function wish(): string {
  const cid = kept<string | null>("next", null) ?? newCommand();
  keep("next", cid);
  return cid;
}
const granted = (): void => keep("next", null);

export async function take(id: string | null): Promise<boolean> {
  if (claiming.value !== null) return false;
  const slot = id ?? "next";
  batch(() => {
    claiming.value = slot;
    claimErrors.value = without(claimErrors.value, slot);
  });
  try {
    const detail = await (id === null ? api.claimNext(wish()) : api.claim(id));
    if (id === null) granted();
    batch(() => {
      claimErrors.value = {};
      lost.value = null;
      learn(detail.summary);
      threads.value = without(threads.value, detail.summary.id);
      learnThread(detail, true);
      focusOn(detail.summary.id);
    });
    return true;
  } catch (error) {
    failed(error);
    if (id === null && error instanceof ApiError && error.status < 500) granted();
    const text = error instanceof NoAnswer ? t.errors.claimLost : say(error);
    claimErrors.value = { ...claimErrors.value, [slot]: text };
    setTimeout(() => {
      if (claimErrors.value[slot] === text) claimErrors.value = without(claimErrors.value, slot);
    }, 12_000);
    return false;
  } finally {
    claiming.value = null;
  }
}

function focusOn(id: string): void {
  const before = openId.value;
  if (before && before !== id) socket.send({ type: "unwatch", id: before });
  openError.value = null;
  lost.value = null;
  show(id);
  const last = threads.value[id]?.messages.at(-1)?.seq ?? 0;
  if (last) socket.send({ type: "watch", id, after: last });
}

export async function openConversation(id: string): Promise<void> {
  // Whoever opens one has seen what they hold: to ask for the next one is a new wish.
  granted();
  batch(() => {
    focusOn(id);
  });
  try {
    const detail = await api.detail(id);
    if (openId.value !== id) return;
    learn(detail.summary);
    learnThread(detail, true);
    socket.send({ type: "watch", id, after: detail.messages.at(-1)?.seq ?? 0 });
  } catch (error) {
    failed(error);
    if (openId.value !== id) return;
    if (error instanceof ApiError && error.status === 404) goneFrom(id, t.conversation.lostTaken);
    else openError.value = say(error);
  }
}

export function leave(): void {
  const id = openId.value;
  if (id) socket.send({ type: "unwatch", id });
  show(null);
}

// --- What the person's screen shows while I write

/** It is shown for about this long; asked again only while somebody goes on writing. */
const TYPING_SHOWN = 8_000;
const SHOWS_TYPING = new Set(["web", "whatsapp", "messenger", "instagram", "telegram"]);
let typingUntil = { id: "", at: 0 };

export function tellTyping(id: string, channel: string): void {
  const at = performance.now();
  if (!SHOWS_TYPING.has(channel) || (typingUntil.id === id && at < typingUntil.at)) return;
  typingUntil = { id, at: at + TYPING_SHOWN };
  // Best effort: what it shows is nothing that anybody must know.
  api.typing(id).catch(() => undefined);
}

// --- Replying: one at a time a conversation, the same cid until the server has answered

const flushing = new Set<string>();
let outboxTimer: ReturnType<typeof setTimeout> | undefined;
let tries = 0;

export function reply(id: string, text: string): void {
  const item: Outgoing = { cid: newCommand(), text, seen: seenIn(id), state: "waiting", error: null };
  setOutbox(id, [...(outbox.value[id] ?? []), item]);
  setDraft(id, "reply", "");
  void flush(id);
}

export async function flush(id: string): Promise<void> {
  if (flushing.has(id) || !me.value || me.value.must_change_password) return;
  flushing.add(id);
  const user = me.value.id;
  try {
    for (;;) {
      const item = outbox.value[id]?.find((o) => o.state !== "refused");
      if (!item || me.value?.id !== user) return;
      const became = (change: Partial<Outgoing>) =>
        setOutbox(
          id,
          (outbox.value[id] ?? []).map((o) => (o.cid === item.cid ? { ...o, ...change } : o)),
        );
      // After a failure the words "trying again" stay until it has worked.
      if (!item.error) became({ state: "sending" });
      try {
        const { message } = await api.reply(id, item.cid, item.text, item.seen);
        tries = 0;
        const thread = threads.value[id];
        // The feed may already have told more about this message than the answer does.
        if (thread && !thread.messages.some((m) => m.seq === message.seq)) setMessages(id, [...thread.messages, message]);
        setOutbox(id, (outbox.value[id] ?? []).filter((o) => o.cid !== item.cid));
      } catch (error) {
        if (me.value?.id !== user) return;
        const refused = error instanceof ApiError && error.status < 500 && error.status !== 429;
        const over = error instanceof ApiError && (error.status === 401 || error.status === 403);
        became({ state: refused && !over ? "refused" : "waiting", error: say(error) });
        failed(error);
        if (over) return;
        if (!refused) {
          later();
          return;
        }
      }
    }
  } finally {
    flushing.delete(id);
  }
}

function later(): void {
  clearTimeout(outboxTimer);
  const ceiling = Math.min(20_000, 1000 * 2 ** tries++);
  outboxTimer = setTimeout(() => {
    for (const id of Object.keys(outbox.value)) void flush(id);
  }, ceiling / 2 + (Math.random() * ceiling) / 2);
}

export function takeBack(id: string, cid: string): void {
  const item = outbox.value[id]?.find((o) => o.cid === cid);
  if (!item) return;
  setOutbox(id, (outbox.value[id] ?? []).filter((o) => o.cid !== cid));
  addToDraft(id, "reply", item.text);
}

/** I have passed it on: nothing of it stays on screen but what I wrote and did not send. */
export function letGo(id: string): void {
  if (openId.value === id) show(null);
  threads.value = without(threads.value, id);
}

/** Whoever wrote these words needs them no more. */
export function dropWords(id: string): void {
  dropDrafts(id);
  setOutbox(id, []);
}

// --- Ending a conversation

interface Ending {
  before: Summary | undefined;
  asked: readonly [outcome: Outcome, tags: readonly string[], seen: number];
}
/** What I asked to end, and whose answer has not come. */
const ending = new Map<string, Ending>();

/** The last one that ended by my wish, as it was before: also where only the feed told me. */
export const ended = signal<Summary | null>(null);

export async function close(id: string, ...asked: Ending["asked"]): Promise<string | null> {
  ending.set(id, { before: summaries.value.get(id), asked });
  try {
    const { summary } = await api.close(id, ...asked);
    learn(summary);
    return null;
  } catch (error) {
    // The feed was quicker than the answer that was lost.
    if (!ending.has(id)) return null;
    // Whatever happened to one that got no answer, the feed or the next snapshot tells.
    if (error instanceof ApiError && error.status < 500) ending.delete(id);
    failed(error);
    return say(error);
  }
}

function hasEnded(id: string): void {
  const before = ending.get(id)?.before;
  ending.delete(id);
  batch(() => {
    if (openId.value === id || openId.value === null) focusNext.value = "next";
    letGo(id);
    if (before) ended.value = before;
  });
  say_(t.close.done);
}

/** After a cut: asked again by who ended it, the server says so once more. */
function askWhetherEnded(id: string): void {
  const now = summaries.value.get(id);
  const asked = ending.get(id)?.asked;
  if (!asked || (now && isMine(now))) {
    ending.delete(id);
    return;
  }
  api.close(id, ...asked).then(({ summary }) => learn(summary), (error: unknown) => {
    ending.delete(id);
    failed(error);
    goneFrom(id, t.conversation.lostTaken);
  });
}

addEventListener("online", () => {
  tries = 0;
  for (const id of Object.keys(outbox.value)) void flush(id);
});
