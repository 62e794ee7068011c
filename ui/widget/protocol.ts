// The frames of docs/web-protocol.md. Unknown types and fields are ignored.

export type Speaker = "me" | "assistant" | "service" | "listener";

export interface Choice {
  id: string;
  title: string;
}

export interface MessageFrame {
  type: "message";
  id: number;
  from: Speaker;
  name: string | null;
  text: string;
  at: string;
  cid: string | null;
  choices: Choice[];
  /** Whether a picture goes with it, which is not shown again. */
  picture: boolean;
}

/** Whether the team is there, in words; null where the gateway does not say. */
export interface Team {
  open: boolean;
  closes: string | null;
  opens: string | null;
  wait: string | null;
}

export interface StateFrame {
  type: "state";
  owner: "assistant" | "queue" | "listener";
  listener: string | null;
  danger: boolean;
  closed: boolean;
  team: Team | null;
  vous: boolean;
  /** The country that the person said they are in: its numbers come first. */
  region: string;
  /** The questions at the end, as they came: who shows them reads them. */
  survey: unknown;
}

export type ServerFrame =
  | { type: "welcome"; last: number; team: Team | null }
  | MessageFrame
  | StateFrame
  | { type: "typing" }
  | { type: "ack"; cid: string }
  | { type: "error"; cid: string | null; code: string; message: string };

export interface Outgoing {
  cid: string;
  text: string;
  choice: string | null;
}

type Loose = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const maybe = (value: unknown): string | null => (typeof value === "string" && value ? value : null);

const oneOf = <T extends string>(value: unknown, known: readonly T[], otherwise: T): T =>
  known.includes(value as T) ? (value as T) : otherwise;

export function choicesOf(value: unknown): Choice[] {
  if (!Array.isArray(value)) return [];
  return (value as Loose[])
    .filter((one) => one && text(one.id) && text(one.title))
    .map((one) => ({ id: text(one.id), title: text(one.title) }));
}

function teamOf(value: unknown): Team | null {
  if (typeof value !== "object" || value === null) return null;
  const { open, closes, opens, wait } = value as Loose;
  return { open: open !== false, closes: maybe(closes), opens: maybe(opens), wait: maybe(wait) };
}

/** A frame as it came, made safe to use; null when it is not one we know. */
export function frameOf(json: string): ServerFrame | null {
  let raw: Loose;
  try {
    raw = JSON.parse(json) as Loose;
  } catch {
    return null;
  }
  switch (raw?.type) {
    case "welcome":
      return { type: "welcome", last: Number(raw.last) || 0, team: teamOf(raw.team) };
    case "message":
      if (!Number.isInteger(raw.id)) return null;
      return {
        type: "message",
        id: raw.id as number,
        // A speaker we do not know is no person: better a notice than a false listener.
        from: oneOf(raw.from, ["me", "assistant", "service", "listener"], "service"),
        name: maybe(raw.name),
        text: text(raw.text),
        at: text(raw.at),
        cid: maybe(raw.cid),
        choices: choicesOf(raw.choices),
        picture: Array.isArray(raw.files) && raw.files.length > 0,
      };
    case "state":
      return {
        type: "state",
        owner: oneOf(raw.owner, ["assistant", "queue", "listener"], "assistant"),
        listener: maybe(raw.listener),
        danger: raw.danger === true,
        closed: raw.closed === true,
        team: teamOf(raw.team),
        vous: raw.address === "vous",
        region: text(raw.region),
        survey: raw.survey,
      };
    case "typing":
      return { type: "typing" };
    case "ack":
      return { type: "ack", cid: text(raw.cid) };
    case "error":
      return { type: "error", cid: maybe(raw.cid), code: text(raw.code), message: text(raw.message) };
    default:
      return null;
  }
}
