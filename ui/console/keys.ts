// The keyboard, for the whole desk. Letters act only outside fields and dialogs, and can be turned off.
import { isCall, isGrave } from "./kinds";
import { refreshOrder } from "./order";
import { back, remove, removing } from "./removing";
import { can, claiming, leave, mine, open, openConversation, openId, take, unread } from "./store";
import { dialog, focusNext, pane, section, singleKeys } from "./view";

const focus = (id: string) => document.getElementById(id)?.focus();

const neighbour = (step: 1 | -1) => {
  const list = mine.value;
  if (!list.length) return;
  const at = list.findIndex((s) => s.id === openId.value);
  const to = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length];
  if (to) void openConversation(to.id);
};

/** The next one, in the order of the list, that has something to read. */
const nextUnread = () => {
  const list = mine.value;
  const at = list.findIndex((s) => s.id === openId.value);
  const round = [...list.slice(at + 1), ...list.slice(0, Math.max(0, at))];
  const to = round.find((s) => unread(s) !== 0);
  if (to) void openConversation(to.id);
};

const LETTERS: Record<string, () => void> = {
  n: () => {
    if (claiming.value === null) void take(null);
  },
  f: () => document.querySelector<HTMLElement>(".queue button.take[tabindex='0']")?.focus(),
  j: () => neighbour(1),
  k: () => neighbour(-1),
  u: nextUnread,
  r: () => {
    pane.value = "messages";
    requestAnimationFrame(() => focus(open.value && isCall(open.value) ? "note" : "reply"));
  },
  m: () => {
    pane.value = "messages";
    requestAnimationFrame(() => focus("log"));
  },
  i: () => {
    if (!openId.value) return;
    pane.value = "card";
    requestAnimationFrame(() => focus("card"));
  },
  t: () => {
    if (openId.value) dialog.value = "close";
  },
  p: () => {
    if (openId.value) dialog.value = "pass";
  },
  e: () => {
    if (open.value && isGrave(open.value)) dialog.value = "emergency";
  },
  a: () => {
    dialog.value = "call";
  },
  l: () => {
    pane.value = "messages";
    requestAnimationFrame(() => document.getElementById("give-code")?.click());
  },
  c: () => {
    if (mine.value.length) dialog.value = "search";
  },
  o: refreshOrder,
  s: () => {
    if (openId.value) void remove(openId.value);
  },
};

export function onKey(event: KeyboardEvent): void {
  if (!can("answer") || section.value !== "desk" || dialog.value || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  const writing = target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (removing.value !== undefined) {
    if (event.key === "Escape" && !writing) back();
    return;
  }
  if (event.key === "Escape") {
    if (event.isComposing) return;
    if (target.matches(".composer textarea")) focus("log");
    else if (openId.value) {
      leave();
      focusNext.value = "next";
    }
    return;
  }
  if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
    if (step && (!writing || target.matches(".composer textarea"))) {
      event.preventDefault();
      neighbour(step);
    }
    return;
  }
  if (writing || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "?") {
    event.preventDefault();
    dialog.value = "help";
    return;
  }
  // A key held down is one wish, not ten conversations.
  if (!singleKeys.value || event.repeat || event.shiftKey) return;
  const nth = /^[1-9]$/.test(event.key) ? mine.value[Number(event.key) - 1] : undefined;
  if (nth) {
    event.preventDefault();
    void openConversation(nth.id);
    return;
  }
  const act = Object.hasOwn(LETTERS, event.key) ? LETTERS[event.key] : undefined;
  if (!act) return;
  event.preventDefault();
  act();
}
