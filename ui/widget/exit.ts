// Quick exit. The screen goes blank in the same task as the tap, before anything that could wait.

import { S } from "./strings";
import { vault } from "./vault";

export const NEUTRAL_SITE = "https://www.wikipedia.org/";
const SHIFT_WINDOW_MS = 1500;

let gone: string | null = null;
const closers = new Set<() => void>();

/** Runs when the person leaves, until the signal. */
export function onLeave(close: () => void, signal: AbortSignal): void {
  closers.add(close);
  signal.addEventListener("abort", () => closers.delete(close));
}

export const hasLeft = (): boolean => gone !== null;

/** Without `going`, the page that frames us goes away itself: two who go keep each other up. */
export function leave(site: string, going = true): void {
  gone = safeSite(site);
  const head = document.createElement("head");
  const referrer = document.createElement("meta");
  referrer.name = "referrer";
  referrer.content = "no-referrer";
  const title = document.createElement("title");
  title.textContent = S.blankTitle;
  head.append(referrer, title);
  document.documentElement.replaceChildren(head, document.createElement("body"));
  vault.wipe();
  for (const close of closers) {
    try {
      close();
    } catch {
      // Nothing may keep the person on this page.
    }
  }
  if (!going) return;
  try {
    // From a partner's page, that page is left as well.
    top?.location.replace(gone);
  } catch {
    location.replace(gone);
  }
}

/** A page brought back by the browser after an exit stays blank and leaves again. */
export function leaveAgain(): void {
  if (gone) leave(gone);
}

function safeSite(site: string): string {
  try {
    const url = new URL(site);
    return /^https?:$/.test(url.protocol) ? url.href : NEUTRAL_SITE;
  } catch {
    return NEUTRAL_SITE;
  }
}

/** Calls back after Shift is pressed three times alone. Not Escape: it stops a page from loading. */
export function watchShift(then: () => void, signal: AbortSignal): void {
  let presses: number[] = [];
  const down = (event: KeyboardEvent): void => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    if (event.repeat) return;
    const now = performance.now();
    presses = [...presses.filter((at) => now - at < SHIFT_WINDOW_MS), now];
    if (presses.length >= 3) then();
  };
  addEventListener("keydown", down, { capture: true, signal });
}
