// The console API's shapes: see docs/console-api.md.

export type Urgency = "critique" | "elevee" | "moderee" | "faible";

export interface Me {
  id: string;
  login: string;
  name: string;
  role: "listener" | "supervisor" | "admin";
  must_change_password: boolean;
}

export interface Summary {
  id: string;
  version: number;
  channel: string;
  owner: "bot" | "queue" | "listener";
  listener: string | null;
  mine: boolean;
  ticket: "waiting" | "claimed" | "closed" | "abandoned" | null;
  urgency: Urgency;
  issue: string | null;
  issue_secondary: string | null;
  role: string | null;
  age_band: string | null;
  platform: string | null;
  incomplete: boolean;
  opened_at: string;
  waiting_since: string | null;
  claimed_at: string | null;
  danger_since: string | null;
  alarmed_at: string | null;
  closed_at: string | null;
  last_seq: number;
}

export interface Reason {
  start: number;
  end: number;
  rule: string;
  urgency: Urgency;
}

export interface Delivery {
  status: "queued" | "sent" | "delivered" | "read" | "failed" | "unknown";
  error: string | null;
}

export interface Message {
  seq: number;
  author: "person" | "bot" | "service" | "listener";
  name: string | null;
  text: string;
  at: string;
  cid: string | null;
  sentence: string | null;
  choices: { id: string; title: string }[];
  choice: string | null;
  reasons: Reason[];
  delivery: Delivery | null;
}

export interface Card {
  urgency: Urgency;
  issue: string | null;
  issue_secondary: string | null;
  confidence: number | null;
  role: string | null;
  age_band: string | null;
  platform: string | null;
  incomplete: boolean;
  reasons: (Reason & { seq: number })[];
  facts: { name: string; value: string; seq: number | null }[];
  shown: { seq: number; sentence: string }[];
  unknown: string[];
}

export interface Detail {
  summary: Summary;
  card: Card;
  messages: Message[];
}

export const OUTCOMES = [
  "helped",
  "oriented",
  "signalement",
  "emergency",
  "silent",
  "abusive",
  "off_topic",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type ServerFrame =
  | { type: "snapshot"; waiting: Summary[]; mine: Summary[]; alarms?: Summary[]; now: string }
  | { type: "summary"; summary: Summary }
  | ({ type: "detail" } & Detail)
  | { type: "gone"; id: string };
