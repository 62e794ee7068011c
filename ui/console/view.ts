// What is on screen, beside the data: panes, dialogs, one preference.
import { signal } from "@preact/signals";
import type { Message, Summary } from "./types";

/** On a narrow screen a conversation shows one of two panes; on a wide one both. */
export const pane = signal<"messages" | "card">("messages");
/** The dialogs that the console opens by their name. */
export type DialogName = "help" | "close" | "logout" | "triage" | "writer" | "apart" | "service" | "orient" | "pass" | "earlier" | "search" | "shift" | "invite" | "along" | "emergency" | "follow" | "tasks" | "call";
export const dialog = signal<DialogName | null>(null);
/** Those that speak of the conversation that is open. */
export const ABOUT_OPEN: ReadonlySet<DialogName> = new Set<DialogName>([
  "close", "triage", "writer", "apart", "orient", "pass", "earlier", "invite", "emergency", "follow",
]);
/** Whose emergency sheet a supervisor opens, and what was said, as they read it; null: whose is open. */
export const sheetOf = signal<{ summary: Summary; messages: readonly Message[] | undefined } | null>(null);
/** Which part of the console is on screen: see sections.tsx. */
export const section = signal("desk");

/** A message to go to once its conversation is on screen. */
export const wanted = signal<{ id: string; seq: number } | null>(null);

/** An element to focus once what is about to change on screen has changed. */
export const focusNext = signal<string | null>(null);

export const pageVisible = signal(!document.hidden);
document.addEventListener("visibilitychange", () => {
  pageVisible.value = !document.hidden;
});

const PREFERENCE = "relais.singleKeys";

function preference(): boolean {
  try {
    return localStorage.getItem(PREFERENCE) !== "off";
  } catch {
    return true;
  }
}

/** Shortcuts of one letter can be turned off (WCAG 2.1.4). The only thing kept past a log-out. */
export const singleKeys = signal(preference());

export function setSingleKeys(on: boolean): void {
  singleKeys.value = on;
  try {
    if (on) localStorage.removeItem(PREFERENCE);
    else localStorage.setItem(PREFERENCE, "off");
  } catch {
    // Kept for this page only.
  }
}
