// Small pieces that several views share.
import { useComputed } from "@preact/signals";
import { UrgencyIcon } from "./icons";
import { duration, URGENCY } from "./strings";
import { now } from "./time";
import type { Urgency } from "./types";

const LEVELS = ["critique", "elevee", "moderee", "faible"];
const level = (urgency: Urgency): Urgency => (LEVELS.includes(urgency) ? urgency : "moderee");

export function UrgencyTag({ urgency }: { urgency: Urgency }) {
  return (
    <span class={`tag u-${level(urgency)}`}>
      <UrgencyIcon level={level(urgency)} />
      {URGENCY[level(urgency)]}
    </span>
  );
}

export const urgencyClass = (urgency: Urgency): string => `u-${level(urgency)}`;

/** Time gone by since then. It ticks without drawing anything else again. */
export function Since({ at, seconds = false }: { at: string | null; seconds?: boolean }) {
  const text = useComputed(() => (at ? duration(now.value - Date.parse(at), seconds) : "–"));
  return <>{text}</>;
}

export function Failure({ text, id }: { text: string | null | undefined; id?: string }) {
  return (
    <p class="failure" role="alert" {...(id ? { id } : {})} hidden={!text}>
      {text}
    </p>
  );
}
