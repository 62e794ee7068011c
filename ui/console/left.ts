// What a listener wrote and did not send, of conversations that are theirs no more: what it was, and
// what each of them was called. It is told on every page until they put it away (leftwords.tsx).
import { batch, computed, effect, signal } from "@preact/signals";
import { drafts } from "./drafts";
import { type Dict, keep, kept, without } from "./keeping";
import { dropWords, isMine, loaded, me, outbox, summaries } from "./store";
import type { Summary } from "./types";

type Subject = Pick<
  Summary,
  "urgency" | "issue" | "role" | "age_band" | "platform" | "channel" | "opened_at" | "ticket"
>;

/** What a conversation with words was called last: when it is gone, nothing else can tell. */
const subjects = signal<Dict<Subject>>({});
const SUBJECTS = "subjects";

const withWords = computed(() => [...new Set([...Object.keys(outbox.value), ...Object.keys(drafts.value)])]);

effect(() => {
  if (!me.value) return;
  const before = kept<Dict<Subject>>(SUBJECTS, {});
  const now: Record<string, Subject> = {};
  for (const id of withWords.value) {
    const known = summaries.value.get(id);
    const subject = known ? named(known) : before[id];
    if (subject) now[id] = subject;
  }
  if (JSON.stringify(now) !== JSON.stringify(before)) keep(SUBJECTS, now);
  subjects.value = now;
});

const named = ({ urgency, issue, role, age_band, platform, channel, opened_at, ticket }: Summary): Subject => ({
  urgency, issue, role, age_band, platform, channel, opened_at, ticket,
});

export interface Words {
  key: string;
  /** The field that they were written in; "sent": a reply that was sent. */
  field: string;
  text: string;
  /** whole: they are here alone. maybe: their answer never came. trying: they are being sent again. */
  state: "whole" | "maybe" | "trying";
}

/** What somebody wrote about a conversation and has not seen arrive. */
export function wordsOf(id: string): Words[] {
  const replies = (outbox.value[id] ?? []).map(
    ({ cid, text, state }): Words => ({ key: cid, field: "sent", text, state: state === "refused" ? "whole" : "trying" }),
  );
  const typed = Object.entries(drafts.value[id] ?? {}).map(
    ([field, { text, asked }]): Words => ({ key: field, field, text, state: asked ? "maybe" : "whole" }),
  );
  return [...replies, ...typed].filter(({ text }) => text.trim());
}

export interface Left {
  id: string;
  subject: Subject;
  words: readonly Words[];
}

const inHand = (s: Summary | undefined): boolean => s !== undefined && (isMine(s) || s.alongside === true);

/** Of which conversations words are left. Until the server has told what is mine, nobody knows. */
export const left = computed<readonly Left[]>(() =>
  !loaded.value
    ? []
    : withWords.value.flatMap((id) => {
        const subject = subjects.value[id];
        const words = subject && !inHand(summaries.value.get(id)) ? wordsOf(id) : [];
        return subject && words.length ? [{ id, subject, words }] : [];
      }),
);

/** Whoever wrote them has no more use for them. */
export function putAway(id: string): void {
  batch(() => {
    dropWords(id);
    subjects.value = without(subjects.value, id);
  });
}
