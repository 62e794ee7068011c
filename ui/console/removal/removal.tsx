// The page of dossiers: the list, or one dossier from its first message to what became of it.
import "./removal.css";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../api";
import { Icon } from "../icons";
import { issueName } from "../strings";
import { dateOf } from "../time";
import { removals, type Row } from "./api";
import { Passing } from "./authority";
import { act, catalogue, change, changeOrAsk, close, draft, failure, jot, jotted, news, question, saving, settled, show, view } from "./draft";
import { Captures, Destroying, Law, Messages } from "./evidence";
import { Fault, invalid } from "./faults";
import { NoticePart } from "./notice";
import { Review } from "./review";
import { ToDo } from "./todo";
import { BAND, STATE, STEP, TODO, w } from "./words";

export { forget } from "./draft";

interface Props {
  /** The conversation to open a dossier from; null: the list. */
  conversation: string | null;
  back: () => void;
}

export default function Removals({ conversation, back }: Props) {
  useEffect(() => {
    let left = false;
    const start = async () => {
      try {
        catalogue.value ??= await removals.catalogue();
        await settled();
        const told = conversation && !left ? await removals.open(conversation) : null;
        if (told && !left) show(told);
      } catch (error) {
        if (!left) failure.value = say(error);
      }
      if (!left) document.getElementById("removal-title")?.focus();
    };
    void start();
    return () => {
      left = true;
      close();
    };
  }, [conversation]);
  // A dossier that takes the place of the list has the focus: the button that opened it is gone.
  const id = view.value?.case.id;
  useEffect(() => {
    if (id) document.getElementById("removal-title")?.focus();
  }, [id]);
  const leave = () => {
    if (view.value && !conversation) close();
    else back();
  };
  return (
    <main class="removal" aria-labelledby="removal-title" tabIndex={-1} data-rest>
      <header class="pane-head">
        <button type="button" class="back" onClick={leave}>
          <Icon name="back" />
          <span>{w.back}</span>
        </button>
        <h2 id="removal-title" tabIndex={-1}>
          {view.value ? w.title : w.list}
        </h2>
        <p class="quiet" role="status">
          {view.value && (saving.value ? w.saving : news.value || w.saved)}
        </p>
        {conversation && view.value && (
          <button
            type="button"
            class="secondary"
            onClick={() => void act(() => removals.open(conversation, true), w.anotherOpened)}
          >
            {w.another}
          </button>
        )}
      </header>
      {failure.value && (
        <p class="failure standalone" role="alert">
          {failure.value}
        </p>
      )}
      {view.value && draft.value ? <Dossier back={leave} /> : !conversation && <List />}
    </main>
  );
}

function List() {
  const rows = useSignal<Row[] | null>(null);
  useEffect(() => {
    removals.list().then(
      (told) => {
        rows.value = told.cases;
      },
      (error: unknown) => {
        failure.value = say(error);
      },
    );
  }, []);
  if (!rows.value) return <p class="empty">{w.loading}</p>;
  if (!rows.value.length) return <p class="empty">{w.none}</p>;
  return (
    <ul class="dossiers">
      {rows.value.map((row) => (
        <li key={row.id}>
          <button
            type="button"
            class="secondary"
            onClick={() =>
              void settled().then(() => removals.read(row.id)).then(show, (error: unknown) => {
                failure.value = say(error);
              })
            }
          >
            <b>{issueName(row.issue)}</b> <span class="quiet">{dateOf(row.opened_at)}</span>
            {row.notices.map((one, i) => (
              <span key={i} class={one.deadline?.overdue ? "mark danger" : "mark"}>
                {one.platform} · {STATE[one.state]}
              </span>
            ))}
            {row.approved !== null && (
              <span class={row.approved ? "mark" : "mark danger"}>{row.approved ? w.review.good : w.review.bad}</span>
            )}
            {row.todo.filter((one) => one.due).map((one) => (
              <span key={one.notice + one.why} class="mark danger">
                {TODO[one.why]}
              </span>
            ))}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Dossier({ back }: { back: () => void }) {
  const written = draft.value;
  const told = view.value;
  const parts = useRef<HTMLDivElement>(null);
  if (!written || !told) return null;
  const add = () => {
    change({ notices: [...written.notices, { id: null, platform: "", category: "", targets: [], details: {} }] });
    requestAnimationFrame(() => parts.current?.lastElementChild?.querySelector("select")?.focus());
  };
  return (
    <div class="dossier">
      <div>
        <Messages />
        <Captures />
      </div>
      <div>
        <Law />
        <fieldset>
          <legend>{w.why.title}</legend>
          <label>
            {w.why.label}
            <textarea rows={5} value={written.explanation} maxLength={20_000}
              data-where="explanation" {...invalid("explanation")}
              onInput={(e) => change({ explanation: e.currentTarget.value })} />
          </label>
          <Fault where="explanation" />
        </fieldset>
        <Who />
      </div>
      <div>
        <ToDo />
        {/* By their place: a new notice has no id until it is saved, and one fills it in meanwhile. */}
        <div class="notice-parts" ref={parts}>
          {written.notices.map((_, at) => (
            <NoticePart key={at} at={at} />
          ))}
        </div>
        <button type="button" class="secondary" onClick={add}>
          {w.notice.add}
        </button>
        <Review />
        <After back={back} />
      </div>
    </div>
  );
}

function Who() {
  const written = draft.value;
  if (!written) return null;
  // What is asked about shows as it was answered, though nothing is changed yet.
  const asked = question.value?.where === "who" ? question.value.make(written) : {};
  const { victim_age: age, victim_band: band } = { ...written, ...asked };
  return (
    <fieldset tabIndex={-1} data-rest>
      <legend>{w.who.title}</legend>
      <div class="pair">
        <label>
          {w.who.age}
          <input type="number" min={1} max={120} value={age ?? ""}
            data-where="victim_age" {...invalid("victim_age")}
            onInput={(e) => {
              const years = e.currentTarget.valueAsNumber;
              changeOrAsk("who", () => ({ victim_age: Number.isInteger(years) ? years : null }));
            }} />
        </label>
        <label>
          {w.who.band}
          <select value={band ?? ""} onChange={(e) => {
            const chosen = e.currentTarget.value || null;
            changeOrAsk("who", () => ({ victim_band: chosen }));
          }}>
            {BAND.map(([id, name]) => (
              <option key={id} value={id}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <Fault where="victim_age" />
      <Destroying where="who" />
      <div role="radiogroup" aria-label={w.who.consent} class="stack" data-where="consent" {...invalid("consent")}>
        <span>{w.who.consent}</span>
        {([null, "victim", "parent"] as const).map((giver) => (
          <label key={String(giver)} class="option">
            <input type="radio" name="consent" checked={written.consent === giver} onChange={() => change({ consent: giver })} />
            {w.who.giver[giver ?? "none"]}
          </label>
        ))}
        <Fault where="consent" />
      </div>
      <label class="option">
        <input type="checkbox" data-where="good_faith" {...invalid("good_faith")} checked={written.good_faith} onChange={(e) => change({ good_faith: e.currentTarget.checked })} />
        {w.who.faith}
      </label>
      <Fault where="good_faith" />
      <label class="option">
        <input type="checkbox" checked={written.tell} onChange={(e) => change({ tell: e.currentTarget.checked })} />
        {w.who.tell}
      </label>
    </fieldset>
  );
}

function After({ back }: { back: () => void }) {
  const told = view.value;
  if (!told) return null;
  const id = told.case.id;
  const words = jotted(id);
  const destroy = async () => {
    try {
      await removals.destroy(id, words);
      close();
      back();
    } catch (error) {
      failure.value = say(error);
    }
  };
  const move = (name: string) => () =>
    void act((one) => removals.move(one, name, { text: words })).then((done) => {
      if (done) jot(id, "");
    });
  return (
    <details class="after" data-rest>
      <summary>{w.after.title}</summary>
      <Passing />
      <p><a href={removals.export(id)} download>{w.after.export}</a></p>
      {told.case.hold ? (
        <p>
          {w.after.held(told.case.hold.reason)}{" "}
          <button type="button" class="secondary" onClick={move("release")}>{w.after.release}</button>
        </p>
      ) : (
        <>
          <label>
            {w.after.holdWhy} / {w.after.destroyWhy}
            <input value={words} maxLength={300} onInput={(e) => jot(id, e.currentTarget.value)} />
          </label>
          <div class="inline">
            <button type="button" class="secondary" disabled={!words.trim()} onClick={move("hold")}>{w.after.hold}</button>
            <button type="button" class="secondary" disabled={!words.trim() || !told.destroyable}
              onClick={() => void destroy()}>{w.after.destroy}</button>
          </div>
        </>
      )}
      <details>
        <summary>{w.after.steps}</summary>
        <ol class="steps">
          {told.case.steps.map((one) => (
            <li key={one.number}>{STEP[one.kind] ?? one.kind} <small class="quiet">{dateOf(one.at)}</small></li>
          ))}
        </ol>
      </details>
    </details>
  );
}
