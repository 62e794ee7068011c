import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";
import { changes, focused, frozen, pointed, refreshOrder, rows, type Row } from "./order";
import { Channel, Failure, Origin, Since, Unheard, UrgencyTag, urgencyClass } from "./parts";
import { claimErrors, claiming, describe, loaded, take, waiting } from "./store";
import { ageName, issueName, needsOf, platformName, roleName, t } from "./strings";

/** So many rows are on a tall screen; the others follow once these are painted. */
const FIRST_ROWS = 40;

/** `main`: nothing else is on screen that could be the page's main part. */
export function Queue({ main }: { main: boolean }) {
  const list = useRef<HTMLOListElement>(null);
  const section = useRef<HTMLElement>(null);
  /** The one row that Tab reaches; arrows move it. */
  const current = useSignal<string | null>(null);

  useEffect(
    () => () => {
      pointed.value = false;
      focused.value = false;
    },
    [],
  );

  const all = rows.value;
  const most = useSignal(FIRST_ROWS);
  useEffect(() => {
    if (most.value >= all.length) return;
    // Each step paints before the next, so that a key or a click is heard in between.
    const timer = setTimeout(() => {
      most.value *= 4;
    });
    return () => clearTimeout(timer);
  }, [most.value, all.length]);
  const shown = all.slice(0, most.value);
  const late = changes.value;
  const reachable = shown.some((r) => r.summary.id === current.value)
    ? current.value
    : (shown[0]?.summary.id ?? null);

  const move = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>("button.take") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    const button = to === undefined ? undefined : buttons[to];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    button?.focus();
  };

  return (
    <section class="queue" role={main ? "main" : undefined} aria-labelledby="queue-title" ref={section}>
      <header class="pane-head">
        <h2 id="queue-title">
          {t.queue.title}{" "}
          {/* The first rows come before the others: until then nobody knows how many wait. */}
          {loaded.value && <span class="count">{waiting.value.length.toLocaleString("fr")}</span>}
        </h2>
        <p class="frozen">
          {frozen.value && shown.length > 0 && (
            <>
              <Icon name="pin" />
              <span>
                {late.all ? t.queue.frozenChanges(late.all) : t.queue.frozen}
                {late.critical > 0 && <b class="critical">{t.queue.frozenCritical(late.critical)}</b>}
              </span>
              {late.all > 0 && (
                <button type="button" class="link" onClick={refreshOrder}>
                  {t.queue.refresh}
                </button>
              )}
            </>
          )}
        </p>
        <div class="next">
          <button
            id="next"
            type="button"
            class="primary"
            aria-busy={claiming.value === "next"}
            aria-describedby="next-error"
            onClick={() => void take(null)}
          >
            {claiming.value === "next" ? t.queue.nextBusy : t.queue.next} <kbd aria-hidden="true">N</kbd>
          </button>
          <Failure id="next-error" text={claimErrors.value.next} />
        </div>
      </header>
      <div class="rows">
        <div class="columns" aria-hidden="true">
          {t.queue.columns.map((name) => (
            <span key={name}>{name}</span>
          ))}
        </div>
        {shown.length === 0 && <p class="empty">{loaded.value ? t.queue.empty : t.queue.loading}</p>}
        <ol
          ref={list}
          onPointerEnter={() => {
            pointed.value = true;
          }}
          onPointerLeave={() => {
            pointed.value = false;
          }}
          onFocusIn={(event) => {
            focused.value = true;
            const row = (event.target as HTMLElement).closest<HTMLElement>("[data-id]");
            if (row) current.value = row.dataset.id ?? null;
          }}
          onFocusOut={(event) => {
            if (!list.current?.contains(event.relatedTarget as Node | null)) focused.value = false;
          }}
          onKeyDown={move}
        >
          {shown.map((row) => (
            <QueueRow key={row.summary.id} row={row} tab={row.summary.id === reachable} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function QueueRow({ row: { summary: s, left }, tab }: { row: Row; tab: boolean }) {
  const error = claimErrors.value[s.id];
  const age = ageName(s.age_band);
  return (
    <li class={`row ${urgencyClass(s.urgency)}${left ? " left" : ""}`} data-id={s.id}>
      <UrgencyTag urgency={s.urgency} />
      <span class="wait">
        <span class="sr">{t.queue.waits} </span>
        <Since at={s.waiting_since} seconds={s.urgency === "critique"} />
      </span>
      <span class="issue">
        <bdi>{issueName(s.issue)}</bdi>
      </span>
      <span class="who">
        <bdi>{roleName(s.role)}</bdi>
        {age && (
          <>
            {" · "}
            <bdi>{age}</bdi>
          </>
        )}
      </span>
      <span class="where">
        {s.platform && (
          <>
            <bdi>{platformName(s.platform)}</bdi>
            <span class="via"> · </span>
          </>
        )}
        <span class="via">
          <Channel name={s.channel} />
          <Origin code={s.origin} />
        </span>
      </span>
      {/* The line is there even when empty, so that a mark that comes or goes moves no row. */}
      <span class="marks">
        {left && <span class="mark">{t.queue.left}</span>}
        {!left && s.danger_since && (
          <span class="mark danger">
            <Icon name="alarm" />
            {t.queue.dangerShort} <span class="sr">{t.queue.dangerSince} </span>
            <Since at={s.danger_since} seconds />
          </span>
        )}
        {!left && s.unheard && <Unheard urgency={s.urgency} />}
        {!left && s.known_to && (
          <span class="mark">{s.known_to_me ? t.pass.knownMe : t.pass.known(s.known_to)}</span>
        )}
        {!left && needsOf(s) && <span class="mark">{t.needs.mark(needsOf(s) ?? "")}</span>}
        {!left && s.incomplete && <span class="mark">{t.queue.incomplete}</span>}
        {!left && s.issue_secondary && (
          <small>
            {t.queue.also} <bdi>{issueName(s.issue_secondary).toLowerCase()}</bdi>
          </small>
        )}
      </span>
      <span class="act">
        <button
          type="button"
          class="take"
          tabIndex={tab ? 0 : -1}
          aria-label={t.queue.takeLabel(describe(s))}
          aria-disabled={left}
          aria-busy={claiming.value === s.id}
          onClick={() => {
            if (!left) void take(s.id);
          }}
        >
          {t.queue.take}
        </button>
      </span>
      {error && (
        <p class="failure" role="alert">
          {error}
        </p>
      )}
    </li>
  );
}
