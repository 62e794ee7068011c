// The way to the dossiers, which are their own script and loaded on the first visit.
import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { call } from "./api";
import { me, openId } from "./store";
import { t } from "./strings";
import { supervising } from "./supervise";
import { focusNext } from "./view";

type Page = ComponentType<{ conversation: string | null; back: () => void }>;

/** undefined: not shown. null: the list. Else: the conversation that a dossier is made from. */
export const removing = signal<string | null | undefined>(undefined);
const page = signal<Page | null>(null);
const failed = signal(false);
let forget = (): void => undefined;

// Whoever opens a conversation, from an alarm for one, wants to see it.
effect(() => {
  void openId.value;
  removing.value = undefined;
});

effect(() => {
  if (!me.value) forget();
});

// One page at a time.
effect(() => {
  if (supervising.value) removing.value = undefined;
});

export async function remove(conversation: string | null): Promise<void> {
  supervising.value = false;
  removing.value = conversation;
  failed.value = false;
  try {
    const loaded = await import("./removal/removal");
    forget = loaded.forget;
    page.value = loaded.default;
  } catch {
    failed.value = true;
  }
}

export function back(): void {
  focusNext.value = removing.value ? "reply" : "dossiers";
  removing.value = undefined;
}

/** How many things wait for somebody in the dossiers that one sees. */
const waiting = signal(0);
const ASK_EVERY = 5 * 60_000;

const ask = () =>
  void call<{ due: number }>("GET", "signalements/todo").then(
    (told) => {
      waiting.value = told.due;
    },
    () => undefined,
  );

export function DossiersButton() {
  const shown = removing.value;
  useEffect(() => {
    // Also when the dossiers are left: something may be done by now.
    if (shown !== undefined) return;
    ask();
    const timer = setInterval(ask, ASK_EVERY);
    return () => clearInterval(timer);
  }, [shown]);
  return (
    <button
      type="button"
      class="plain"
      id="dossiers"
      aria-pressed={removing.value === null}
      onClick={() => (removing.value === null ? back() : void remove(null))}
    >
      {t.top.dossiers}
      {waiting.value > 0 && (
        <>
          {" "}
          <span class="mark danger" title={t.top.dossiersWaiting(waiting.value)}>
            <span aria-hidden="true">{waiting.value}</span>
            <span class="sr">{t.top.dossiersWaiting(waiting.value)}</span>
          </span>
        </>
      )}
    </button>
  );
}

export function Removing() {
  const Loaded = page.value;
  const wanted = removing.value;
  if (wanted === undefined) return null;
  if (Loaded) return <Loaded key={wanted ?? ""} conversation={wanted} back={back} />;
  return (
    <main class="removal">
      <p role="status">{failed.value ? t.errors.network : t.signIn.loading}</p>
      {failed.value && (
        <button type="button" class="secondary" onClick={() => void remove(wanted)}>
          {t.signIn.retry}
        </button>
      )}
    </main>
  );
}
