// What is being written, and how it reaches the server: a moment after the last key, in order.
import { effect, signal } from "@preact/signals";
import { ApiError, say } from "../api";
import { type Case, type Catalogue, type Notice, removals, type Target, type View } from "./api";
import { w } from "./words";

export interface NoticeDraft {
  id: string | null;
  platform: string;
  category: string;
  targets: Target[];
  details: Record<string, string>;
}
interface CaptureDraft {
  id: string;
  taken_at: string | null;
  caption: string;
  intimate: boolean | null;
  proves: string[];
}
export interface Draft {
  qualifications: string[];
  victim_age: number | null;
  victim_band: string | null;
  explanation: string;
  told: string[];
  consent: "victim" | "parent" | null;
  good_faith: boolean;
  tell: boolean;
  quotes: { seq: number; proves: string[] }[];
  captures: CaptureDraft[];
  notices: NoticeDraft[];
}

export const catalogue = signal<Catalogue | null>(null);
export const view = signal<View | null>(null);
export const draft = signal<Draft | null>(null);
export const failure = signal<string | null>(null);
export const saving = signal(false);
export const news = signal("");

const AFTER = 500;
let timer: ReturnType<typeof setTimeout> | undefined;
let running: Promise<void> = Promise.resolve();
let dirty = false;
/** The version of each case as the server told it last, also of one that was left meanwhile. */
const versions = new Map<string, number>();
/** What could not be sent when its case was left: there again when the case is opened again. */
const unsent = new Map<string, Draft>();

/** Words typed for the next step of something, by its id: they wait for it whatever page one goes to. */
export const jotted = signal<Readonly<Record<string, string>>>({});
export const jot = (of: string, words: string): void => {
  jotted.value = { ...jotted.value, [of]: words };
};

/** How often somebody signed out here. */
let forgotten = 0;

/** At a sign-out: nothing that was typed stays in this browser. */
export function forget(): void {
  close();
  forgotten += 1;
  unsent.clear();
  jotted.value = {};
}

const ofNotice = ({ id, platform, category, targets, details }: Notice): NoticeDraft => ({
  id,
  platform,
  category,
  targets: targets.map((one) => ({ ...one })),
  details: { ...details },
});

const ofCase = (one: Case): Draft => ({
  qualifications: one.qualifications,
  victim_age: one.victim_age,
  victim_band: one.victim_band,
  explanation: one.explanation,
  told: one.told,
  consent: one.consent?.giver ?? null,
  good_faith: one.good_faith !== null,
  tell: one.tell,
  quotes: one.quotes.map(({ seq, proves }) => ({ seq, proves })),
  captures: one.captures.map(({ id, taken_at, caption, intimate, proves }) => ({ id, taken_at, caption, intimate, proves })),
  notices: one.notices.map(ofNotice),
});

/** Show a case as the server has it. */
export function show(told: View): void {
  const id = told.case.id;
  view.value = told;
  versions.set(id, told.version);
  draft.value = ofCase(told.case);
  dirty = false;
  failure.value = null;
  const kept = unsent.get(id);
  if (unsent.delete(id) && kept) change(kept);
}

/** Leave the case. What was typed a moment ago is sent, or waits until the case is opened again. */
export function close(): void {
  void save();
  dirty = false;
  view.value = draft.value = failure.value = null;
}

export function change(part: Partial<Draft>): void {
  if (!draft.value) return;
  draft.value = { ...draft.value, ...part };
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(() => void save(), AFTER);
}

export const changeNotice = (at: number, part: Partial<NoticeDraft>): void => {
  const notices = draft.value?.notices ?? [];
  change({ notices: notices.map((one, i) => (i === at ? { ...one, ...part } : one)) });
};

/** Everything written so far is with the server when this returns, or `failure` says why not. */
export function save(): Promise<void> {
  clearTimeout(timer);
  // As it is written now: when its turn comes, the case may have been left.
  const [written, id] = [draft.value, view.value?.case.id];
  if (dirty && written && id) {
    dirty = false;
    const since = forgotten;
    running = running.then(() => send(id, written, since));
  }
  return running;
}

/** Whatever was sent has its answer: a case that is read now is read with it. */
export const settled = (): Promise<void> => running;

async function send(id: string, written: Draft, since: number): Promise<void> {
  const here = () => view.value?.case.id === id;
  saving.value = true;
  try {
    const told = await removals.save(id, versions.get(id) ?? 0, written);
    versions.set(id, told.version);
    if (!here()) return;
    if (draft.value === written) dirty = false;
    view.value = told;
    failure.value = null;
    // What was typed meanwhile stays; a new notice learns its name.
    const names = told.case.notices.map((one) => one.id);
    const now = draft.value;
    if (now && now.notices.length === names.length) {
      draft.value = { ...now, notices: now.notices.map((one, i) => ({ ...one, id: names[i] ?? null })) };
    }
  } catch (error) {
    if (!here()) {
      if (since === forgotten) unsent.set(id, written);
    } else if (error instanceof ApiError && error.status === 409) {
      await removals.read(id).then(show, () => undefined);
      failure.value = w.elsewhere;
    } else {
      dirty = true;
      failure.value = say(error);
    }
  } finally {
    saving.value = false;
  }
}

/** Do something with the case as it is written; what comes back is shown. */
export async function act(doing: (id: string) => Promise<View>, told = ""): Promise<boolean> {
  await save();
  const id = view.value?.case.id;
  if (!id || dirty) return false;
  try {
    show(await doing(id));
    news.value = told;
    return true;
  } catch (error) {
    // It was not the moment: what is shown was out of date.
    if (error instanceof ApiError && error.status === 409) await removals.read(id).then(show, () => undefined);
    failure.value = say(error);
    return false;
  }
}

// A sending is settled by the server: look again until it is.
effect(() => {
  const told = view.value;
  const waits = told?.case.notices.some((one) => ["queued", "sending"].includes(one.dispatch?.status ?? ""));
  if (!told || !waits) return;
  const again = setTimeout(() => {
    void removals.read(told.case.id).then((fresh) => {
      if (view.value === told && !dirty) show(fresh);
    }, () => undefined);
  }, 1500);
  return () => clearTimeout(again);
});
