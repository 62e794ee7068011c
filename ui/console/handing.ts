// Passing conversations on: what the server is asked, and what this page knows of it.
import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { ApiError, call, say } from "./api";
import { answered, drafts } from "./drafts";
import { left } from "./left";
import { announce, ended, failed, learn, letGo, summaryList, tellNotes } from "./store";
import { t } from "./strings";
import { now } from "./time";
import type { Note, Summary } from "./types";

export interface Colleague {
  id: string;
  name: string;
  me: boolean;
  present: boolean;
  availability: Availability;
  since: string | null;
}
export const AVAILABILITIES = ["available", "pause", "phone", "off"] as const;
export type Availability = (typeof AVAILABILITIES)[number];

interface Answer {
  summary: Summary;
  /** Absent where the command has nothing to do with notes. */
  notes?: Note[];
}

const post = (id: string, what: string, body: object = {}) =>
  call<Answer>("POST", `conversations/${encodeURIComponent(id)}/${what}`, body);

/** What colleagues ask me to take over. */
export const offers = computed(() =>
  summaryList.value.filter((s) => s.ticket === "claimed" && s.offer?.to_me && standing(s)),
);

export const standing = (s: Summary): boolean =>
  s.offer !== null && !s.offer.declined && Date.parse(s.offer.until) > now.value;

export const colleagues = signal<readonly Colleague[]>([]);
export const availability = signal<Availability>("available");

export async function askColleagues(): Promise<string | null> {
  try {
    const told = await call<{ colleagues: Colleague[] }>("GET", "colleagues");
    batch(() => {
      colleagues.value = told.colleagues;
      const mine = told.colleagues.find((one) => one.me);
      if (mine?.present) availability.value = mine.availability;
    });
    return null;
  } catch (error) {
    return say(error);
  }
}

/** What I wanted to say of myself, and nobody may know. */
export const unsaid = signal<{ said: Availability; why: string } | null>(null);

export async function sayAvailability(said: Availability): Promise<void> {
  const before = availability.value;
  availability.value = said;
  unsaid.value = null;
  try {
    await call("POST", "availability", { availability: said });
  } catch (error) {
    failed(error);
    availability.value = before;
    unsaid.value = { said, why: say(error) };
  }
}

interface Body {
  cid?: string;
  [name: string]: unknown;
}

/** Null when done, else why not. */
async function ask(id: string, what: string, body: Body = {}, gone = false): Promise<string | null> {
  try {
    const { summary, notes } = await post(id, what, body);
    batch(() => {
      if (body.cid) answered(id, body.cid, true);
      if (gone) letGo(id);
      learn(summary);
      if (notes) tellNotes(id, notes);
    });
    return null;
  } catch (error) {
    failed(error);
    if (body.cid && error instanceof ApiError && error.status < 500) answered(id, body.cid, false);
    return say(error);
  }
}

const offer = (id: string, to: string, summary: string, cid: string) =>
  ask(id, "offer", { to, summary, cid });
export const withdraw = (id: string) => ask(id, "withdraw");
export const accept = (id: string) => ask(id, "accept");
export const decline = (id: string) => ask(id, "decline");
export const handBack = (id: string, note: string, cid: string) => ask(id, "hand_back", { note, cid }, true);
const toBot = (id: string, summary: string, cid: string) => ask(id, "to_bot", { summary, cid }, true);
export const needs = (id: string, skill: string | null, language: string | null) =>
  ask(id, "needs", { skill, language });
export const note = (id: string, text: string, cid: string) => ask(id, "notes", { text, cid });

/** Passed on: to the queue, to the bot, or offered to a colleague. */
export function passOn(id: string, target: string, text: string, cid: string): Promise<string | null> {
  if (target === "bot") return toBot(id, text, cid);
  return target === "queue" ? handBack(id, text, cid) : offer(id, target, text, cid);
}

// Words that were sent with no answer, of a conversation that has left: the server is asked once more,
// and says whether they were there. It does nothing anew for who holds it no more.
const askedAgain = new Set<string>();
effect(() => {
  for (const { id } of left.value)
    for (const [field, { text, asked }] of Object.entries(drafts.value[id] ?? {})) {
      if (!asked || askedAgain.has(asked.cid)) continue;
      askedAgain.add(asked.cid);
      const { cid, what } = asked;
      untracked(() => void (field === "pass" ? passOn(id, what, text.trim(), cid) : note(id, text.trim(), cid)));
    }
});

// --- Taking a closing back

export const undoable = signal<string | null>(null);
/** Seconds that the button to take a closing back is still shown. */
export const undoLeft = signal(0);
let counting: ReturnType<typeof setInterval> | undefined;

/** The server accepts it for 30 s, so that a slow answer is in time all the same. */
const UNDO_SHOWN = 10;

effect(() => {
  const { id } = ended.value ?? {};
  if (id) untracked(() => offerUndo(id));
});

function offerUndo(id: string): void {
  clearInterval(counting);
  batch(() => {
    undoable.value = id;
    undoLeft.value = UNDO_SHOWN;
  });
  counting = setInterval(() => {
    undoLeft.value -= 1;
    if (undoLeft.value > 0) return;
    clearInterval(counting);
    undoable.value = null;
  }, 1000);
}

export async function undo(): Promise<string | null> {
  const id = undoable.value;
  if (!id) return null;
  const failed = await ask(id, "reopen");
  if (failed) return failed;
  undoable.value = null;
  announce(t.pass.undone);
  return null;
}
