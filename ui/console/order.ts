// The order of the queue's rows. It stands still while somebody points at the list or is in it:
// rows that leave stay as marked places, new ones come at the end, until they look away or ask.
import { computed, effect, signal } from "@preact/signals";
import { waiting } from "./store";
import type { Summary } from "./types";

export interface Row {
  summary: Summary;
  /** No longer waiting; the place is kept so that nothing slides under the pointer. */
  left: boolean;
}

export const pointed = signal(false);
export const focused = signal(false);
export const frozen = computed(() => pointed.value || focused.value);

interface Place {
  /** As it was when the place was given. */
  summary: Summary;
  /** Came after the order froze, so it stands at the end and not where it belongs. */
  late: boolean;
}

/** The frozen places, in order; null: live order. */
const held = signal<readonly Place[] | null>(null);

effect(() => {
  if (!frozen.value) {
    held.value = null;
    return;
  }
  const places = held.peek();
  const known = new Set(places?.map((place) => place.summary.id));
  const fresh = waiting.value
    .filter((s) => !known.has(s.id))
    .map((summary) => ({ summary, late: places !== null }));
  if (fresh.length || places === null) held.value = [...(places ?? []), ...fresh];
});

export const rows = computed<Row[]>(() => {
  const live = waiting.value;
  if (!held.value) return live.map((summary) => ({ summary, left: false }));
  const now = new Map(live.map((s) => [s.id, s]));
  return held.value.map((place) => {
    const summary = now.get(place.summary.id);
    return { summary: summary ?? place.summary, left: !summary };
  });
});

/** What a live order would show elsewhere: rows that came, left, or changed urgency. */
export const changes = computed(() => {
  const places = held.value ?? [];
  const now = rows.value;
  const late = (i: number) => places[i]?.late || places[i]?.summary.urgency !== now[i]?.summary.urgency;
  return {
    all: places.filter((_, i) => now[i]?.left || late(i)).length,
    critical: now.filter((row, i) => !row.left && row.summary.urgency === "critique" && late(i)).length,
  };
});

export function refreshOrder(): void {
  held.value = frozen.value ? waiting.value.map((summary) => ({ summary, late: false })) : null;
}
