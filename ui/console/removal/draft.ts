// What is being written, and how it reaches the server: a moment after the last key, in order.
import { effect, signal } from "@preact/signals";
import { ApiError, say } from "../api";
import { DESK, draftOf, setDraft } from "../drafts";
import { announce } from "../store";
import { type Case, type Catalogue, type Letters, type Notice, removals, type Target, type View } from "./api";
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
  letters: Letters;
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

/** Words typed for the next step of something, by its id: they wait for it whatever page one goes to. */
export const jotted = (of: string): string => draftOf(DESK, `step ${of}`);
export const jot = (of: string, words: string): void => setDraft(DESK, `step ${of}`, words);

/** What was written of a case since this version of it, and is not with the server. */
interface Written {
  version: number;
  part: Partial<Draft>;
}
const placeOf = (id: string): string => `dossier ${id}`;
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const writtenOf = (id: string): Written | null => JSON.parse(draftOf(DESK, placeOf(id)) || "null") as Written | null;

function keepWritten(id: string, version: number, part: Partial<Draft>): void {
  setDraft(DESK, placeOf(id), Object.keys(part).length ? JSON.stringify({ version, part }) : "");
}

/** At a sign-out. */
export const forget = (): void => {
  close();
  drawing.value = [];
};

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
  letters: one.letters,
});

/** Show a case as the server has it. */
export function show(told: View): void {
  const id = told.case.id;
  view.value = told;
  versions.set(id, told.version);
  draft.value = ofCase(told.case);
  dirty = false;
  failure.value = question.value = null;
  writeAgain(told);
}

/** What was not sent when its case was left is there again. Of a case that somebody else changed since,
 *  no list is: theirs may hold what mine would take away. */
function writeAgain({ case: { id }, version }: View): void {
  const kept = writtenOf(id);
  if (!kept) return;
  const mine = Object.entries(kept.part).filter(([name, value]) => !same(value, draft.value?.[name as keyof Draft]));
  const still = kept.version === version ? mine : mine.filter(([, value]) => !Array.isArray(value));
  keepWritten(id, version, {});
  if (still.length) change(Object.fromEntries(still));
  if (still.length < mine.length) failure.value = w.elsewhere;
}

/** Leave the case. What was typed a moment ago is sent, or waits until the case is opened again. */
export function close(): void {
  void save();
  dirty = false;
  view.value = draft.value = failure.value = question.value = null;
}

export function change(part: Partial<Draft>): void {
  const id = view.value?.case.id;
  if (!draft.value || !id) return;
  draft.value = { ...draft.value, ...part };
  dirty = true;
  const before = writtenOf(id);
  keepWritten(id, before?.version ?? versions.get(id) ?? 0, { ...before?.part, ...part });
  clearTimeout(timer);
  timer = setTimeout(() => void save(), AFTER);
}

/** An answer that would destroy pictures, until it is given a second time: `where` it was given, and
 *  the numbers of the captures. */
interface Question {
  where: string;
  captures: number[];
  make: (now: Draft) => Partial<Draft>;
}
export const question = signal<Question | null>(null);

const ofAMinor = ({ victim_age, victim_band }: Draft): boolean =>
  victim_age === null ? Boolean(victim_band) && victim_band !== "majeur" : victim_age < 18;

/** The captures, by their number, whose picture does not outlive the saving of this. */
const doomed = (written: Draft, told: View): number[] =>
  told.case.captures.flatMap(({ id, kept }, at) =>
    kept && ofAMinor(written) && written.captures.find((one) => one.id === id)?.intimate ? [at + 1] : [],
  );

/** Change it. Where that destroys pictures, nothing is changed before it is asked once. */
export function changeOrAsk(where: string, make: Question["make"]): void {
  const [now, told] = [draft.value, view.value];
  if (!now || !told) return;
  const already = doomed(now, told);
  const captures = doomed({ ...now, ...make(now) }, told).filter((one) => !already.includes(one));
  question.value = captures.length ? { where, captures, make } : null;
  if (!captures.length) change(make(now));
}

export function answer(destroy: boolean): void {
  const [asked, now] = [question.value, draft.value];
  question.value = null;
  if (destroy && asked && now) change(asked.make(now));
}

export const changeNotice = (at: number, part: Partial<NoticeDraft>): void => {
  const notices = draft.value?.notices ?? [];
  change({ notices: notices.map((one, i) => (i === at ? { ...one, ...part } : one)) });
};

export const changeLetter = (authority: string, field: string, value: string): void => {
  const letters = draft.value?.letters ?? {};
  change({ letters: { ...letters, [authority]: { ...letters[authority], [field]: value } } });
};

/** Everything written so far is with the server when this returns, or `failure` says why not. */
export function save(): Promise<void> {
  clearTimeout(timer);
  // As it is written now: when its turn comes, the case may have been left.
  const [written, id] = [draft.value, view.value?.case.id];
  if (dirty && written && id) {
    dirty = false;
    running = running.then(() => send(id, written));
  }
  return running;
}

/** Whatever was sent has its answer: a case that is read now is read with it. */
export const settled = (): Promise<void> => running;

async function send(id: string, written: Draft): Promise<void> {
  const here = () => view.value?.case.id === id;
  saving.value = true;
  try {
    const told = await removals.save(id, versions.get(id) ?? 0, written);
    versions.set(id, told.version);
    const meanwhile = Object.entries(writtenOf(id)?.part ?? {}).filter(
      ([name, value]) => !same(value, written[name as keyof Draft]),
    );
    keepWritten(id, told.version, Object.fromEntries(meanwhile));
    if (!here()) return;
    if (draft.value === written) dirty = false;
    view.value = told;
    const out = told.left_out;
    if (out.length) failure.value = w.messages.leftOut(out);
    else if (failure.value !== w.elsewhere) failure.value = null;
    // What was typed meanwhile stays; a new notice learns its name.
    const names = told.case.notices.map((one) => one.id);
    const now = draft.value;
    if (now && now.notices.length === names.length) {
      const notices = now.notices.map((one, i) => ({ ...one, id: names[i] ?? null }));
      draft.value = { ...now, notices, quotes: now.quotes.filter((one) => !out.includes(one.seq)) };
      if (meanwhile.some(([name]) => name === "notices"))
        keepWritten(id, told.version, { ...Object.fromEntries(meanwhile), notices });
    }
  } catch (error) {
    // Where its case was left meanwhile, it waits until that is opened again.
    if (!here()) return;
    if (error instanceof ApiError && error.status === 409) {
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

/** The notices whose PDF is being drawn, by their id. Hundreds of captures take minutes: nobody waits for it
 *  with folded hands, so nothing else of the page is held up by it. */
export const drawing = signal<readonly string[]>([]);

/** Have a notice validated. It goes on when its dossier is left; asked again meanwhile, it is not done twice. */
export async function validate(notice: string): Promise<void> {
  const id = view.value?.case.id;
  if (!id || dirty || drawing.value.includes(notice)) return;
  const here = () => view.value?.case.id === id;
  drawing.value = [...drawing.value, notice];
  failure.value = null;
  try {
    const told = await removals.ofNotice(id, notice, "validate");
    if (here()) show(told);
    announce(w.notice.drawn);
  } catch (error) {
    if (!here()) return announce(w.notice.notDrawn);
    // Whatever became of it is shown as the server has it.
    await removals.read(id).then(show, () => undefined);
    failure.value = error instanceof ApiError && error.status === 409 ? w.notice.changed : say(error);
  } finally {
    drawing.value = drawing.value.filter((one) => one !== notice);
  }
}

const SLOW = 2000;
let acting = false;

/** Do something with the case as it is written; what comes back is shown. One thing at a time: pressed
 * again meanwhile, it is not done twice. */
export async function act(doing: (id: string) => Promise<View>, told = ""): Promise<boolean> {
  if (acting) return false;
  acting = true;
  const slow = setTimeout(() => {
    news.value = w.slow;
  }, SLOW);
  try {
    return await acted(doing, told);
  } finally {
    clearTimeout(slow);
    if (news.value === w.slow) news.value = "";
    acting = false;
  }
}

async function acted(doing: (id: string) => Promise<View>, told: string): Promise<boolean> {
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
