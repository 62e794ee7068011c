// The console API's shapes: see docs/console-api.md.

/** The gravest first. */
export const URGENCIES = ["critique", "elevee", "moderee", "faible"] as const;
export type Urgency = (typeof URGENCIES)[number];

export interface Me {
  id: string;
  login: string;
  name: string;
  role: "listener" | "supervisor" | "admin";
  must_change_password: boolean;
  /** The role demands a second factor that the account does not have. */
  must_enrol: boolean;
  second_factor: boolean;
  permissions: string[];
}

export interface Summary {
  id: string;
  version: number;
  channel: string;
  /** Where the person came from, as a code. */
  origin: string | null;
  /** Their earlier conversation. */
  previous: string | null;
  owner: "bot" | "queue" | "listener";
  listener: string | null;
  mine: boolean;
  /** Who knows this person from before. */
  known_to: string | null;
  known_to_me: boolean;
  offer: Offer | null;
  ticket: "waiting" | "claimed" | "closed" | "abandoned" | null;
  urgency: Urgency;
  issue: string | null;
  issue_secondary: string | null;
  role: string | null;
  age_band: string | null;
  platform: string | null;
  incomplete: boolean;
  /** Something was said that no machine can read. */
  unheard: boolean;
  opened_at: string;
  waiting_since: string | null;
  /** The place in the line, to be sorted as text. */
  place: string | null;
  claimed_at: string | null;
  danger_since: string | null;
  alarmed_at: string | null;
  closed_at: string | null;
  /** Until when the platform lets us write freely; null: no limit is known. */
  window_ends_at: string | null;
  /** Another application has the thread. */
  standby: boolean;
  erasure: { asked_at: string; due_at: string | null } | null;
  /** The trade and the language that it asks for. */
  /** I read along, invited by who answers. */
  alongside?: boolean;
  /** The first names of those who read along. */
  readers?: (string | null)[];
  skill?: string | null;
  language?: string | null;
  last_seq: number;
  /** The version in which the urgency last rose or danger was found. */
  raised_version: number;
  /** The other half: a call and the chat of who is on the line. */
  joined?: string | null;
  /** The code that I read out on this call: until when it holds, wrong ones typed, how many it bears. */
  code?: { until: string; wrong: number; left: number } | null;
  follow_up?: FollowUp | null;
  /** Who wrote here before the one of `role`, in turn. */
  writers?: Writer[];
  /** The message with which the one of `role` began. */
  writes_since: number;
  /** The message with which somebody else seems to begin, until a listener says. */
  another_at?: number | null;
}

/** Who wrote messages `since` to `until` (excluded); `apart`: they are not shown to who answers. */
export interface Writer {
  since: number;
  until: number;
  role: string | null;
  age_band: string | null;
  apart: boolean;
}

/** What the person agreed to: a message or a call, at a moment. */
export interface FollowUp {
  kind: "message" | "call";
  stage: "asked" | "agreed" | "due" | "sent" | "confirmed" | "denied" | "done" | "refused" | "cancelled";
  due_at: string | null;
  /** What the person's clock says then, where it is not that of Paris. */
  local?: { time: string; place: string } | null;
  by: string | null;
}

/** A listener asks a colleague to take over. */
export interface Offer {
  to_me: boolean;
  to: string | null;
  from: string | null;
  summary: string;
  until: string;
  declined: boolean;
}

/** A listener's words for colleagues; no message. */
export interface Note {
  id: string;
  name: string | null;
  text: string;
  at: string;
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

export interface Attachment {
  id: string;
  type: string;
  state: "coming" | "kept" | "refused" | "gone" | "quarantined";
  mime: string | null;
  filename: string | null;
  size: number | null;
}

export interface Message {
  seq: number;
  author: "person" | "bot" | "service" | "listener" | "elsewhere";
  name: string | null;
  /** What it is made of; null: text. */
  type: string | null;
  text: string;
  attachments: Attachment[];
  at: string;
  edited_at: string | null;
  deleted_at: string | null;
  reply_to: number | null;
  reaction: string | null;
  forwarded: boolean;
  cid: string | null;
  sentence: string | null;
  choices: { id: string; title: string }[];
  choice: string | null;
  reasons: Reason[];
  delivery: Delivery | null;
}

/** A listener's word on a conversation, and the version that was on the screen when it was begun. */
export interface Correction {
  issue: string;
  urgency: Urgency;
  role: string;
  why: "misread" | "learned";
  seen: number;
  /** Whose card it was: `writes_since`. */
  since: number;
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
  /** A listener has said what it is. */
  settled?: boolean;
  reasons: (Reason & { seq: number })[];
  facts: { name: string; value: string; seq: number | null }[];
  shown: { seq: number; sentence: string }[];
  unknown: string[];
}

export interface Detail {
  summary: Summary;
  card: Card;
  notes: readonly Note[];
  messages: Message[];
}

/** A conversation that the same contact had before. */
export interface Earlier extends Detail {
  outcome: Outcome | null;
  tags: readonly string[];
}

/** A message of one's own that holds the words looked for; offsets are in `text`, in code points. */
export interface Hit {
  id: string;
  seq: number;
  author: Message["author"];
  at: string;
  text: string;
  start: number;
  end: number;
}

export interface ChannelState {
  name: string;
  state: "up" | "paused" | "off" | "down";
  code: string | null;
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
  | { type: "head"; waiting: Summary[] }
  | { type: "snapshot"; build?: string; waiting: Summary[]; mine: Summary[]; alarms?: Summary[]; offered?: Summary[]; along?: Summary[]; now: string }
  | { type: "summary"; summary: Summary }
  | ({ type: "detail" } & Detail)
  | { type: "gone"; id: string }
  | { type: "typing"; id: string };
