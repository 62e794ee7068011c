// The requests about dossiers; see docs/signalement.md.
import { ApiError, call, NoAnswer } from "../api";
import { w } from "./words";

export interface Problem {
  code: string;
  where: string;
  text: string;
}
export interface Target {
  kind: string;
  url: string;
  handle: string;
  visibility: "public" | "private" | "gone";
}
export interface Notice {
  id: string;
  platform: string;
  state: "draft" | "validated" | "dispatched" | "received" | "removed" | "refused" | "appealed";
  category: string;
  targets: Target[];
  details: Record<string, string>;
  dispatch: { route: string; status: string; due_at: string; error: string | null } | null;
  dispatched_at: string | null;
  reference: string;
  refusal: string;
  appeal: string;
  watch_until: string | null;
  looked_at: string | null;
  seen_again_at: string | null;
  told_at: string | null;
  problems: Problem[];
  deadline: { due_at: string; overdue: boolean; remind: boolean } | null;
  routes: ("mail" | "https" | "form")[];
  form: Field[];
}
export interface Quote {
  seq: number;
  author: string;
  text: string;
  at: string;
  proves: string[];
}
export interface Capture {
  id: string;
  sha256: string;
  mime: string;
  size: number;
  taken_at: string | null;
  caption: string;
  intimate: boolean | null;
  kept: boolean;
  /** Whether it may be looked at: never an intimate one of a minor. */
  shown: boolean;
  proves: string[];
}
export interface Enclosed {
  id: string;
  seq: number;
  type: string;
  at: string;
  sha256: string | null;
  kept: boolean;
  destroyed: boolean;
}
export interface Case {
  id: string;
  conversation_id: string | null;
  opened_at: string;
  issue: string | null;
  qualifications: string[];
  victim_age: number | null;
  victim_band: string | null;
  explanation: string;
  told: string[];
  consent: { giver: "victim" | "parent" } | null;
  good_faith: object | null;
  tell: boolean;
  review: { approved: boolean; remarks: string; at: string } | null;
  hold: { reason: string } | null;
  quotes: Quote[];
  captures: Capture[];
  notices: Notice[];
  escalations: { authority: string; reference: string; letter?: string; at: string }[];
  letters: Letters;
  /** Files of a conversation that was copied for a judge, other than pictures; `kept`: it is here whole; `destroyed`: only its hash stays. */
  enclosed: Enclosed[];
  steps: { number: number; at: string; kind: string }[];
}
export interface Todo {
  notice: string;
  why: "unknown" | "not_sent" | "stopped" | "late" | "refused" | "tell" | "look";
  at: string;
  due: boolean;
}
export interface View {
  case: Case;
  version: number;
  proposed: string[];
  withholds_name: boolean;
  destroyable: boolean;
  may_review: boolean;
  /** Why the person cannot be written to now; null: they can. */
  tell_hindrance: "held" | "elsewhere" | "erasing" | "telephone" | "gone" | "another" | null;
  /** Messages that were picked just now and could not be copied, by their number. */
  left_out: number[];
  todo: Todo[];
}
export interface Row {
  id: string;
  opened_at: string;
  issue: string | null;
  hold: boolean;
  /** A lawyer's word; null: none is given. */
  approved: boolean | null;
  todo: Todo[];
  notices: { platform: string; state: Notice["state"]; sending: string | null; deadline: Notice["deadline"] }[];
}
interface Named {
  id: string;
  name: string;
}
/** What was written for an authority alone, by its id and the field of its form. */
export type Letters = Record<string, Record<string, string>>;
export interface Field {
  label: string;
  value: string;
}
/** What an authority would be told by now. */
export interface Letter {
  problems: Problem[];
  form: Field[];
  text: string;
}
export interface Authority extends Named {
  form: string | null;
  note: string;
  fields: { id: string; label: string; required: boolean; long: boolean; choices: string[] }[];
}
export interface Catalogue {
  platforms: {
    id: string;
    name: string;
    kinds: Named[];
    details: { id: string; label: string; required: boolean }[];
    categories: Named[];
    form: string | null;
  }[];
  qualifications: {
    id: string;
    title: string;
    reference: string;
    check: boolean;
    elements: { id: string; label: string }[];
  }[];
  authorities: Authority[];
}

const at = (id: string) => `signalements/${id}`;
const notice = (id: string, one: string) => `${at(id)}/notices/${one}`;
const UPLOAD_TIMEOUT = 60_000;

// To validate is to draw the PDF: three hundred captures take minutes on a busy machine.
const DRAWING = 600_000;

export const removals = {
  catalogue: () => call<Catalogue>("GET", "signalements/catalogue"),
  list: () => call<{ cases: Row[] }>("GET", "signalements"),
  /** The one that was begun; `another`: a second one all the same. */
  open: (conversation: string, another = false) =>
    call<View>("POST", `conversations/${conversation}/signalement`, { another }),
  read: (id: string) => call<View>("GET", at(id)),
  save: (id: string, version: number, edit: unknown) => call<View>("PUT", at(id), { version, edit }),
  move: (id: string, move: string, body: object = {}) => call<View>("POST", `${at(id)}/${move}`, body),
  ofNotice: (id: string, one: string, move: string, body: object = {}) =>
    call<View>("POST", `${notice(id, one)}/${move}`, body, move === "validate" ? DRAWING : undefined),
  authority: (id: string, name: string) => call<Letter>("GET", `${at(id)}/authorities/${name}`),
  destroy: (id: string, text: string) => call<null>("POST", `${at(id)}/destroy`, { text }),
  pdf: (id: string, one: string) => `/console/api/${notice(id, one)}/pdf`,
  export: (id: string) => `/console/api/${at(id)}/export`,
  file: (id: string, one: string) => `/console/api/${at(id)}/files/${one}`,
  picture: (id: string, capture: string) => `/console/api/${at(id)}/captures/${capture}`,

  async upload(id: string, file: Blob, takenAt: string): Promise<View> {
    const query = new URLSearchParams({ taken_at: takenAt });
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(`/console/api/${at(id)}/captures?${query}`, {
        method: "POST",
        credentials: "same-origin",
        cache: "no-store",
        body: file,
        signal: AbortSignal.timeout(UPLOAD_TIMEOUT),
      });
      body = await response.json();
    } catch {
      throw new NoAnswer();
    }
    if (response.ok) return body as View;
    const told = (body as { error?: { code?: string; message?: string } }).error;
    throw new ApiError(response.status, told?.code ?? "", told?.message ?? w.captures.refused);
  },
};
