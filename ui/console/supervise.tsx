// The way to the supervisors' page, which is its own script and loaded on the first visit.
import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { can, openId } from "./store";
import { t } from "./strings";
import { focusNext } from "./view";

type Page = ComponentType<{ back: () => void }>;

export const supervising = signal(false);
const page = signal<Page | null>(null);
const failed = signal(false);

// Whoever opens a conversation, from an alarm for one, wants to see it.
effect(() => {
  if (openId.value) supervising.value = false;
});

async function visit(): Promise<void> {
  supervising.value = true;
  failed.value = false;
  try {
    page.value ??= (await import("./supervision/supervision")).default;
    focusNext.value = "supervision";
  } catch {
    failed.value = true;
  }
}

function back(): void {
  supervising.value = false;
  focusNext.value = "supervise";
}

export function SuperviseButton() {
  if (!can("supervise")) return null;
  return (
    <button
      type="button"
      class="plain"
      id="supervise"
      aria-pressed={supervising.value}
      onClick={() => (supervising.value ? back() : void visit())}
    >
      {t.top.supervise}
    </button>
  );
}

export function Supervise() {
  const Loaded = page.value;
  if (Loaded) return <Loaded back={back} />;
  return (
    <main class="supervision">
      <p role="status">{failed.value ? t.errors.network : t.signIn.loading}</p>
      {failed.value && (
        <button type="button" class="secondary" onClick={() => void visit()}>
          {t.signIn.retry}
        </button>
      )}
    </main>
  );
}
