// The prepared replies: fetched when first asked for, found by a slash, filled with who writes.
import { signal } from "@preact/signals";
import { call, say } from "./api";
import { failed, me } from "./store";

export interface Ready {
  id: string;
  name: string;
  text: { tu: string; vous: string };
  issues: string[];
}

export type Address = "tu" | "vous";

export const ready = signal<readonly Ready[] | null>(null);
export const readyError = signal<string | null>(null);
const service = signal("");
/** Asked for again after this long, so that what supervisors edit arrives in the shift. */
const FRESH = 60_000;
let askedAt = -FRESH;

export async function askReplies(): Promise<void> {
  if (performance.now() - askedAt < FRESH) return;
  askedAt = performance.now();
  try {
    const told = await call<{ service: string; replies: Ready[] }>("GET", "replies");
    service.value = told.service;
    ready.value = told.replies;
    readyError.value = null;
  } catch (error) {
    askedAt = -FRESH;
    readyError.value = say(error);
    failed(error);
  }
}

export function filled(reply: Ready, address: Address): string {
  const values: Record<string, string> = { prenom: me.value?.name ?? "", service: service.value };
  return reply.text[address].replace(/\{(prenom|service)\}/g, (_, name: string) => values[name] ?? "");
}

const plain = (words: string): string =>
  words.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’']/g, " ").toLowerCase();

/** Those that hold every word that is looked for; those of the conversation's issue come first. */
export function matching(all: readonly Ready[], sought: string, issue: string | null): Ready[] {
  const wanted = plain(sought).split(/\s+/).filter(Boolean);
  const found = all.filter((one) => {
    const words = plain(`${one.name} ${one.id} ${one.text.tu}`);
    return wanted.every((word) => words.includes(word));
  });
  const fits = (one: Ready) => issue !== null && one.issues.includes(issue);
  return [...found.filter(fits), ...found.filter((one) => !fits(one))];
}

/** Where a slash before the caret begins a look-up, and what follows it; "oui / non" is none. */
export function slashAt(text: string, caret: number): { from: number; sought: string } | null {
  const found = /(?:^|\s)\/((?:[\p{L}\d][\p{L}\d '’?-]{0,40})?)$/u.exec(text.slice(0, caret));
  const sought = found?.[1];
  return sought === undefined ? null : { from: caret - sought.length - 1, sought };
}
