// Somebody else takes the phone in the midst of a conversation: from which message on, and who.
import { useSignal } from "@preact/signals";
import { api, say } from "./api";
import { Icon } from "./icons";
import { Buttons, dismiss, Modal, Opens } from "./modal";
import { Failure } from "./parts";
import { failed, openConversation, threads } from "./store";
import { AGE, ROLE, t, who } from "./strings";
import { clip } from "./text";
import { momentOf, whenOf } from "./time";
import { Pick } from "./triage";
import type { Message, Summary } from "./types";

const ADULTS = new Set(["parent", "professionnel"]);

/** The messages with which somebody else may begin: not the first of who writes now. */
function beginnings(summary: Summary): Message[] {
  const begun = summary.another_at ? 0 : (summary.writers?.at(-1)?.until ?? 0);
  const theirs = (threads.value[summary.id]?.messages ?? []).filter(
    (m) => m.author === "person" && m.seq >= begun,
  );
  return theirs.slice(1);
}

export function WriterDialog({ summary }: { summary: Summary }) {
  const from = beginnings(summary);
  const since = useSignal(String(summary.another_at ?? from.at(-1)?.seq ?? ""));
  const role = useSignal(ADULTS.has(summary.role ?? "") && !summary.another_at ? "victime_mineure" : "parent");
  const age = useSignal("");
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);

  const tell = async (seq: number | null) => {
    if (busy.value) return;
    busy.value = true;
    error.value = await told(summary.id, seq, role.value, age.value || null);
    if (error.value === null) dismiss();
    busy.value = false;
  };

  return (
    <Modal title={t.writer.title} name="close writer">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (since.value) void tell(Number(since.value));
        }}
        noValidate
      >
        {from.length === 0 ? (
          <p>{t.writer.none}</p>
        ) : (
          <>
            <Pick
              label={t.writer.since}
              names={Object.fromEntries(from.map((m) => [String(m.seq), `${momentOf(m.at)} · ${clip(m.text, 60)}`]))}
              at={since}
            />
            <Pick label={t.writer.role} names={ROLE} at={role} />
            <Pick label={t.writer.age} names={{ "": t.writer.noAge, ...AGE }} at={age} />
          </>
        )}
        <p class="quiet">{t.writer.note}</p>
        <Failure text={error.value} />
        <Buttons
          back={t.triage.cancel}
          {...(from.length > 0 && { go: t.triage.submit })}
          busy={busy.value}
        >
          {isMarked(summary) && (
            <button type="button" class="secondary" onClick={() => void tell(null)}>
              {t.writer.same}
            </button>
          )}
        </Buttons>
      </form>
    </Modal>
  );
}

const isMarked = (s: Summary): boolean => Boolean(s.another_at ?? s.writers?.length);

/** Say it, and show what may be shown from then on; the words of a refusal. */
async function told(id: string, since: number | null, role: string, age: string | null): Promise<string | null> {
  try {
    await api.writer(id, since, role, age);
  } catch (refused) {
    failed(refused);
    return say(refused);
  }
  void openConversation(id);
  return null;
}

/** A machine thinks so: the listener says. */
export function Seems({ summary }: { summary: Summary }) {
  const error = useSignal<string | null>(null);
  const first = threads.value[summary.id]?.messages.find((m) => m.seq === summary.another_at);
  return (
    <p class="pressing">
      <Icon name="person" />
      <span>
        <b>{first ? t.writer.seems(whenOf(first.at)) : t.writer.seemsNow}</b>{" "}
        <Opens name="writer" class="link">{t.writer.yes}</Opens>{" "}
        <button
          type="button"
          class="link"
          onClick={() => {
            void told(summary.id, null, "", null).then((refused) => {
              error.value = refused;
            });
          }}
        >
          {t.writer.same}
        </button>
        <Failure text={error.value} />
      </span>
    </p>
  );
}

/** What stands above a message with which another begins; null for all others. */
export function TakesOver({ summary, seq, before }: { summary: Summary; seq: number; before: number }) {
  const writers = summary.writers ?? [];
  const gone = writers.filter((w) => w.apart && before < w.since && w.until <= seq);
  const begins = writers.some((w) => before < w.until && w.until <= seq);
  if (!begins) return null;
  const next = writers.find((w) => w.since <= seq && seq < w.until);
  return (
    <>
      {gone.map((w) => (
        <p key={w.since} class="day">
          <bdi>{t.writer.apart(who(w))}</bdi>{" "}
          {summary.mine && <Opens name="apart" class="link">{t.apart.open}</Opens>}
        </p>
      ))}
      <p class="day">
        <bdi>{t.writer.from(who((next ?? summary)))}</bdi>
      </p>
    </>
  );
}
