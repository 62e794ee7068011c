// The shapes of docs/console-api.md that only supervisors ask for.
import type { ChannelState, Summary, Urgency } from "../types";

/** A conversation as a row, and who holds it. */
export type Row = Summary & { listener_id: string | null };

export interface Count {
  channel: string;
  urgency: Urgency;
  count: number;
  since: string;
}

export interface Person {
  id: string;
  name: string;
  role: string;
  present: boolean;
  availability: string;
  since: string | null;
  held: number;
}

export interface Trend {
  /** null: all together. */
  issue: string | null;
  now: number;
  usual: number;
  surge: boolean;
  week: number;
  week_before: number;
}

export type Light = "green" | "amber" | "red";

export interface Board {
  now: string;
  light: Light;
  causes: string[];
  waiting: Row[];
  counts: Count[];
  alarms: Row[];
  held: Row[];
  listeners: Person[];
  channels: ChannelState[];
  /** Of those who are there and available. */
  occupancy: { held: number; capacity: number };
  /** Of the last hour; `p90` in seconds, null for too few. */
  answered: { count: number; p90: number | null };
  trends: Trend[];
}

export interface Table {
  name: string;
  title: string;
  columns: string[];
  unit: "conversations" | "notices" | "seconds";
  /** The rows are moments that follow each other. */
  ordered: boolean;
  /** null: masked. */
  rows: { key: string; label: string; cells: (number | null)[] }[];
}

export interface Report {
  first: string;
  last: string;
  title: string;
  total: number | null;
  threshold: number;
  tables: Table[];
}
