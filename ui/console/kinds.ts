// What a row alone says of a conversation.
import { type Summary, URGENCIES, type Urgency } from "./types";

export const isGraver = (one: Urgency, other: Urgency): boolean =>
  URGENCIES.indexOf(one) < URGENCIES.indexOf(other);

/** Somebody on the telephone: nobody can write to them there. */
export const isCall = ({ channel }: Pick<Summary, "channel">): boolean => channel === "telephone";

/** Whether a life may be at stake, so that the emergency sheet is offered. */
export const isGrave = (summary: Summary): boolean =>
  summary.urgency === "critique" || summary.urgency === "elevee" || summary.danger_since !== null;
