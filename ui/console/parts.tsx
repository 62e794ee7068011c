// Small pieces that several views share.
import { useComputed } from "@preact/signals";
import { Icon, UrgencyIcon } from "./icons";
import { channelName, duration, originName, t, unheard, URGENCY } from "./strings";
import { now } from "./time";
import { URGENCIES, type Urgency } from "./types";

const level = (urgency: Urgency): Urgency => (URGENCIES.includes(urgency) ? urgency : "moderee");

export function UrgencyTag({ urgency }: { urgency: Urgency }) {
  return (
    <span class={`tag u-${level(urgency)}`}>
      <UrgencyIcon level={level(urgency)} />
      {URGENCY[level(urgency)]}
    </span>
  );
}

export const urgencyClass = (urgency: Urgency): string => `u-${level(urgency)}`;

const DRAWN = ["web", "whatsapp", "messenger", "instagram", "telegram", "telephone"] as const;

/** Where somebody writes: a picture and its name. */
export function Channel({ name }: { name: string }) {
  return (
    <span class="channel">
      <Icon name={DRAWN.find((one) => one === name) ?? "talk"} />
      <bdi>{channelName(name)}</bdi>
    </span>
  );
}

/** Where somebody came from, before they wrote. */
export function Origin({ code }: { code: string | null }) {
  return code ? (
    <span class="origin">
      {t.origin} <bdi>{originName(code)}</bdi>
    </span>
  ) : null;
}

/** Nobody knows yet how urgent it is: somebody must listen or look. */
export function Unheard({ urgency }: { urgency: Urgency }) {
  return (
    <span class="mark unheard">
      <Icon name="ear" />
      {unheard(urgency)}
    </span>
  );
}

/** Time gone by since then. It ticks without drawing anything else again. */
export function Since({ at, seconds = false }: { at: string | null; seconds?: boolean }) {
  const text = useComputed(() => (at ? duration(now.value - Date.parse(at), seconds) : "–"));
  return <>{text}</>;
}

/** Ctrl or Cmd with Enter sends a form from any of its fields, as Enter does from a single line. */
export function sendByKeys(event: KeyboardEvent): void {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  // Once only, where a form that listens by itself lies in a dialog that does.
  if (event.defaultPrevented || event.isComposing) return;
  const form = (event.target as Element).closest<HTMLElement>("input, textarea, select")?.closest("form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

export function Failure({ text, id }: { text: string | null | undefined; id?: string }) {
  return (
    <p class="failure" role="alert" {...(id ? { id } : {})} hidden={!text}>
      {text}
    </p>
  );
}
