// What is promised to people after a conversation: on the card, in a list, and whether it is they.
import { computed, signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, say } from "./api";
import { Opens } from "./modal";
import { Failure } from "./parts";
import { announce, failed, learn } from "./store";
import { t } from "./strings";
import { dateOf } from "./time";
import type { Summary } from "./types";
import { pageVisible } from "./view";

const EVERY = 60_000;

/** null: not asked yet. */
export const promised = signal<readonly Summary[] | null>(null);
const due = computed(() => promised.value?.filter((one) => one.follow_up?.stage === "due").length ?? 0);

/** Ask what is promised. Without an answer the list stays as it is, until the next time. */
export async function refresh(): Promise<void> {
  try {
    promised.value = (await call<{ follow_ups: Summary[] }>("GET", "follow_ups")).follow_ups;
  } catch (error) {
    failed(error);
  }
}

/** How far a promise is, in words. */
export function stageOf({ follow_up: told }: Summary): string | null {
  if (!told) return null;
  const local = told.local ? ` (${told.local.time} ${told.local.place})` : "";
  const at = told.due_at ? dateOf(told.due_at) + local : "";
  if (told.stage === "agreed" || told.stage === "due") return t.follow.planned[told.kind](at);
  if (told.stage === "asked" && told.kind === "call" && at) return t.follow.numberless(at);
  return t.follow.stage[told.stage];
}

export function DueButton() {
  useEffect(() => {
    void refresh();
    const timer = setInterval(() => pageVisible.value && void refresh(), EVERY);
    return () => {
      clearInterval(timer);
      promised.value = null;
    };
  }, []);
  return (
    <Opens name="tasks" class="plain">
      {t.follow.list} {due.value > 0 && <span class="mark danger">{t.follow.due(due.value)}</span>}
    </Opens>
  );
}

export function FollowUpPart({ summary }: { summary: Summary }) {
  const stage = summary.follow_up?.stage;
  return (
    <section>
      <h3>{t.follow.title}</h3>
      <p class="quiet">{stageOf(summary) ?? t.follow.nothing}</p>
      <Opens name="follow">
        {stage === "agreed" || stage === "due" ? t.follow.see : t.follow.propose}
      </Opens>
    </section>
  );
}

/** We wrote first, and somebody answered: until it is known that it is they, nothing is named. */
export function Identity({ summary }: { summary: Summary }) {
  const stage = summary.follow_up?.stage;
  const why = useSignal<string | null>(null);
  if (stage !== "sent" && stage !== "denied") return null;
  const confirm = async () => {
    try {
      const path = `conversations/${encodeURIComponent(summary.id)}/follow_up/confirm`;
      learn((await call<{ summary: Summary }>("POST", path, {})).summary);
      announce(t.follow.stage.confirmed);
      document.getElementById("reply")?.focus();
    } catch (error) {
      failed(error);
      why.value = say(error);
    }
  };
  return (
    <div class="notices" role="group" aria-label={t.follow.identity}>
      <p class="grave">
        <span>
          <b>{t.follow.identity}.</b> {stage === "denied" ? t.follow.denied : t.follow.unsure}{" "}
          <button type="button" class="link" onClick={() => void confirm()}>
            {t.follow.confirm}
          </button>
        </span>
      </p>
      <Failure text={why.value} />
    </div>
  );
}
