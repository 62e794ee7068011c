// The clock on screen: the server's, ticking once a second.
import { signal } from "@preact/signals";

/** Milliseconds to add to this computer's clock to get the server's. */
let skew = 0;

export const now = signal(Date.now());

export function setServerTime(iso: string): void {
  const at = Date.parse(iso);
  if (!Number.isNaN(at)) {
    skew = at - Date.now();
    now.value = at;
  }
}

setInterval(() => {
  now.value = Date.now() + skew;
}, 1000);

export const since = (iso: string | null): number => (iso ? now.value - Date.parse(iso) : 0);

const clock = new Intl.DateTimeFormat("fr", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("fr", { weekday: "long", day: "numeric", month: "long" });

const date = new Intl.DateTimeFormat("fr", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

const valid = (at: string | number): boolean => !Number.isNaN(new Date(at).getTime());
export const clockOf = (at: string | number): string => (valid(at) ? clock.format(new Date(at)) : "");
/** "22 novembre à 14:05" */
export const dateOf = (at: string): string => (valid(at) ? date.format(new Date(at)) : "");
const isToday = (at: string): boolean => new Date(at).toDateString() === new Date(now.peek()).toDateString();
/** "14:05", and of another day "22 novembre à 14:05". */
export const momentOf = (at: string): string => (isToday(at) ? clockOf(at) : dateOf(at));
/** "à 14:05", "le 22 novembre à 14:05" */
export const whenOf = (at: string): string => `${isToday(at) ? "à" : "le"} ${momentOf(at)}`;
export const dayOf = (at: string): string => (valid(at) ? day.format(new Date(at)) : "");
