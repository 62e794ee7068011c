// The audit: pages of entries, the newest first, filtered by what was done.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, say } from "./api";
import { Failure } from "./parts";
import { type Entry, staffApi } from "./staffapi";
import { detail, s, verbName, verbs } from "./staffstrings";
import { can, failed } from "./store";

const when = (moment: string) =>
  new Date(moment).toLocaleString("fr-FR", { dateStyle: "short", timeStyle: "medium" });

export function AuditLog() {
  const verb = useSignal("");
  const entries = useSignal<readonly Entry[] | null>(null);
  const next = useSignal<number | null>(null);
  const error = useSignal<string | null>(null);

  const load = async (before: number | null) => {
    error.value = null;
    const wanted = verb.value;
    try {
      const page = await staffApi.audit({
        ...(wanted ? { verb: wanted } : {}),
        ...(before ? { before: String(before) } : {}),
      });
      if (wanted !== verb.value) return;
      entries.value = before ? [...(entries.value ?? []), ...page.entries] : page.entries;
      next.value = page.next;
    } catch (failure) {
      failed(failure);
      error.value = say(failure);
    }
  };
  useEffect(() => void load(null), []);

  return (
    <>
      <h2>{s.audit.title}</h2>
      <p class="quiet">{s.audit.why}</p>
      <p class="filter">
        <label for="verb">{s.audit.verb}</label>{" "}
        <select
          id="verb"
          value={verb.value}
          onChange={(event) => {
            verb.value = event.currentTarget.value;
            void load(null);
          }}
        >
          <option value="">{s.audit.all}</option>
          {verbs.map((one) => (
            <option key={one} value={one}>
              {verbName(one)}
            </option>
          ))}
        </select>
      </p>
      <Failure text={error.value} />
      {entries.value?.length === 0 && <p class="empty">{s.audit.empty}</p>}
      {entries.value !== null && entries.value.length > 0 && <Table entries={entries.value} />}
      {next.value !== null && (
        <button type="button" class="secondary" onClick={() => void load(next.value)}>
          {s.audit.more}
        </button>
      )}
    </>
  );
}

function Table({ entries }: { entries: readonly Entry[] }) {
  return (
    <table class="list">
      <thead>
        <tr>
          <th scope="col">{s.audit.when}</th>
          <th scope="col">{s.audit.who}</th>
          <th scope="col">{s.audit.what}</th>
          <th scope="col">{s.audit.about}</th>
          <th scope="col">{s.audit.reason}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((one) => (
          <tr key={one.seq}>
            <td>
              <time dateTime={one.at}>{when(one.at)}</time>
            </td>
            <td>
              <bdi>{actor(one)}</bdi>
            </td>
            <td>{verbName(one.verb)}</td>
            <td>
              <bdi>{about(one)}</bdi>
              {one.conversation && one.readable && can("supervise") && <Preserve id={one.conversation} />}
            </td>
            <td>
              <bdi>{one.reason}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A judge or the police asked for this conversation: a copy of it is kept, with the reason. */
function Preserve({ id }: { id: string }) {
  const reason = useSignal("");
  const error = useSignal<string | null>(null);
  const done = useSignal(false);
  const busy = useSignal(false);
  const keep = async (event: Event) => {
    event.preventDefault();
    if (busy.value || !reason.value.trim()) return;
    busy.value = true;
    error.value = null;
    try {
      await call("POST", `board/${encodeURIComponent(id)}/preserve`, { text: reason.value });
      done.value = true;
    } catch (failure) {
      failed(failure);
      error.value = say(failure);
    }
    busy.value = false;
  };
  return (
    // The button goes with what it did: the focus stays here.
    <div tabIndex={-1} data-rest>
      {done.value ? (
        <p role="status">{s.audit.preserved}</p>
      ) : (
        <details>
          <summary>{s.audit.preserve}</summary>
          <form onSubmit={(event) => void keep(event)}>
            <label>
              {s.audit.preserveWhy}
              <input value={reason.value} maxLength={300} onInput={(e) => (reason.value = e.currentTarget.value)} />
            </label>{" "}
            <button type="submit" class="secondary" disabled={!reason.value.trim()} aria-busy={busy.value}>
              {s.audit.preserveDo}
            </button>
          </form>
          <Failure text={error.value} />
        </details>
      )}
    </div>
  );
}

const actor = (one: Entry): string => {
  if (one.actor) return one.actor_name || one.actor.slice(0, 8);
  return one.verb.endsWith("_refused") ? s.audit.nobody : s.audit.machine;
};

const about = (one: Entry): string =>
  [
    one.object_name,
    one.conversation && s.audit.conversation(one.conversation),
    one.object && !one.object_name && one.conversation && s.audit.file(one.object),
    ...Object.values(one.details).map(detail),
    !one.readable && s.audit.erased,
  ]
    .filter(Boolean)
    .join(", ");
