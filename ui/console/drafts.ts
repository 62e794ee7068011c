// What somebody typed and has not sent, by what it is about and the field it stands in: the one place
// for all of it. It is kept with every letter, until it is sent or put away.
import { signal } from "@preact/signals";
import { type Dict, keep, kept, without } from "./keeping";

/** What is about no conversation. */
export const DESK = "desk";

interface Draft {
  text: string;
  /** The command that these words were sent with, whose answer never came, and what it asked for. */
  asked?: { cid: string; what: string };
}

export const drafts = signal<Dict<Dict<Draft>>>({});

const tell = (all: Dict<Dict<Draft>>): void => {
  drafts.value = all;
  keep("typed", all);
};

/** What this tab kept, read back. */
export function remember(): void {
  drafts.value = kept("typed", {});
}

export const draftOf = (of: string, field: string): string => drafts.value[of]?.[field]?.text ?? "";

export function setDraft(of: string, field: string, text: string): void {
  // An answer that comes after a sign-out leaves no trace in the storage.
  if (!text && !drafts.value[of]?.[field]) return;
  const rest = without(drafts.value[of] ?? {}, field);
  const now = text ? { ...rest, [field]: { text } } : rest;
  tell(Object.keys(now).length ? { ...drafts.value, [of]: now } : without(drafts.value, of));
}

/** At the end of what stands there already. */
export const addToDraft = (of: string, field: string, text: string): void =>
  setDraft(of, field, [draftOf(of, field), text].filter(Boolean).join("\n"));

/** All that was typed about it. */
export function dropDrafts(of: string): void {
  if (drafts.value[of]) tell(without(drafts.value, of));
}

/** For words that wait for an answer: "what" with these words again is the same command, so that after
 *  a lost answer a thing is done once; with other words it is another, so that none are lost. */
export function commandFor(of: string, field: string, what = ""): string {
  const draft = drafts.value[of]?.[field];
  if (draft?.asked?.what === what) return draft.asked.cid;
  const cid = newCommand();
  if (draft) tell({ ...drafts.value, [of]: { ...drafts.value[of], [field]: { ...draft, asked: { cid, what } } } });
  return cid;
}

export const newCommand = (): string => crypto.randomUUID().replaceAll("-", "");

/** The server answered a command: done, its words are needed no more; refused, it is certain that they
 *  did not arrive. What was typed since is neither. */
export function answered(of: string, cid: string, done: boolean): void {
  for (const [field, { text, asked }] of Object.entries(drafts.value[of] ?? {}))
    if (asked?.cid === cid) setDraft(of, field, done ? "" : text);
}
