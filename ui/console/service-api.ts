// The service's papers, and directing people: the requests of docs/console-api.md.
import { call } from "./api";

export type PaperName = "hours" | "rota" | "directory" | "replies" | "tags" | "intake";

export interface Paper<Body> {
  version: number;
  body: Body;
  at: string | null;
  by: string | null;
}

export interface Plan {
  week: Record<string, string[]>;
  holidays?: string[] | null;
  exceptions?: { day: string; hours: string[] }[];
}

export interface Hours extends Plan {
  channels?: Record<string, Plan>;
  closing_soon?: number;
}

export interface Rota {
  people?: { name: string; email?: string | null; webhook?: string | null }[];
  turns?: { first: string; last: string; levels: string[][] }[];
  otherwise?: string[][];
  escalate_after?: number;
}

export interface Service {
  id: string;
  name: string;
  text: { tu: string; vous: string };
  number?: string | null;
  sms?: string | null;
  link?: string | null;
  issues?: string[];
  ages?: string[];
  urgency?: string;
  region?: string;
  hours?: string | null;
  check?: boolean;
}

export interface Directory {
  services: Service[];
  checklists?: unknown[];
}

export interface Replies {
  service: string;
  replies: { id: string; name: string; text: { tu: string; vous: string }; issues?: string[] }[];
}

/** What somebody of the team can do. */
export interface Able {
  id: string;
  name: string;
  trades: string[];
  languages: string[];
  /** How many conversations "the next one" gives them at a time; null: the desk's number. */
  capacity: number | null;
}

export interface Entry {
  id: string;
  name: string;
  text: { tu: string; vous: string };
  number: string | null;
  link: string | null;
  region: string;
  unchecked: boolean;
}

export interface Steps {
  id: string;
  name: string;
  steps: { tu: string[]; vous: string[] };
}

export interface Given {
  entry: string;
  seq: number;
  by_bot: boolean;
  agreed: boolean | null;
}

const of = (id: string) => `conversations/${encodeURIComponent(id)}/orientations`;

export const service = {
  read: <Body>(name: PaperName) => call<Paper<Body>>("GET", `service/${name}`),
  save: <Body>(name: PaperName, version: number, body: Body) =>
    call<Paper<Body>>("POST", `service/${name}`, { version, body }),
  team: () => call<{ team: Able[]; capacity: number }>("GET", "skills"),
  able: ({ id, ...can }: Able) =>
    call<Able>("POST", `skills/${id}`, { trades: can.trades, languages: can.languages, capacity: can.capacity }),
  directory: () => call<{ services: Entry[]; checklists: Steps[] }>("GET", "directory"),
  fitting: (id: string) => call<{ fitting: string[]; given: Given[] }>("GET", of(id)),
  suggest: (id: string, entry: string, cid: string) =>
    call<{ seq: number; text: string }>("POST", of(id), { entry, cid }),
  agreed: (id: string, entry: string, agreed: boolean) =>
    call<{ given: Given[] }>("POST", `${of(id)}/agreement`, { entry, agreed }),
};
