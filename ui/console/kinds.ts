// What a row alone says of a conversation.
import type { Summary } from "./types";

/** Somebody on the telephone: nobody can write to them there. */
export const isCall = ({ channel }: Pick<Summary, "channel">): boolean => channel === "telephone";

/** Whether a life may be at stake, so that the emergency sheet is offered. */
export const isGrave = (summary: Summary): boolean =>
  summary.urgency === "critique" || summary.urgency === "elevee" || summary.danger_since !== null;
