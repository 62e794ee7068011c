// The keyboard, for the whole desk. Letters act only outside fields and dialogs, and can be turned off.
import { refreshOrder } from "./order";
import { claiming, leave, me, mine, openConversation, openId, take } from "./store";
import { dialog, focusNext, pane, singleKeys } from "./view";

const focus = (id: string) => document.getElementById(id)?.focus();

const neighbour = (step: 1 | -1) => {
  const list = mine.value;
  if (!list.length) return;
  const at = list.findIndex((s) => s.id === openId.value);
  const to = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length];
  if (to) void openConversation(to.id);
};

const LETTERS: Record<string, () => void> = {
  n: () => {
    if (claiming.value === null) void take(null);
  },
  f: () => document.querySelector<HTMLElement>(".queue button.take[tabindex='0']")?.focus(),
  j: () => neighbour(1),
  k: () => neighbour(-1),
  r: () => {
    pane.value = "messages";
    requestAnimationFrame(() => focus("reply"));
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
  o: refreshOrder,
};

export function onKey(event: KeyboardEvent): void {
  if (!me.value || me.value.must_change_password || dialog.value || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  const writing = target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (event.key === "Escape") {
    if (event.isComposing) return;
    if (writing && target.id === "reply") focus("log");
    else if (openId.value) {
      leave();
      focusNext.value = "next";
    }
    return;
  }
  if (writing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "?") {
    event.preventDefault();
    dialog.value = "help";
    return;
  }
  // A key held down is one wish, not ten conversations.
  if (!singleKeys.value || event.repeat || event.shiftKey) return;
  const act = Object.hasOwn(LETTERS, event.key) ? LETTERS[event.key] : undefined;
  if (!act) return;
  event.preventDefault();
  act();
}
