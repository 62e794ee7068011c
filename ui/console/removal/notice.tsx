// One notice: what is to be removed, what still blocks it, its sending, its clock, its outcome.
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { dateOf } from "../time";
import { type Notice, type Problem, removals, type Target } from "./api";
import { Copies } from "./copies";
import { act, catalogue, change, changeNotice, draft, drawing, jot, jotted, save, validate as have, view } from "./draft";
import { goTo, isOfCase } from "./faults";
import { REFUSAL, ROUTE, SENDING, STATE, STOPPED, VISIBILITY, w } from "./words";

const EMPTY: Target = { kind: "", url: "", handle: "", visibility: "public" };

export function NoticePart({ at }: { at: number }) {
  const part = useRef<HTMLElement>(null);
  const targets = useRef<HTMLDivElement>(null);
  const written = draft.value?.notices[at];
  const told = view.value?.case.notices[at];
  const known = catalogue.value;
  if (!written || !known) return null;
  const platform = known.platforms.find((one) => one.id === written.platform);
  const editable = !told || ["draft", "validated"].includes(told.state);
  const here = told?.problems.filter((one) => !isOfCase(one)) ?? [];
  const fault = (where: string) => here.find((one) => one.where === where);
  const title = w.notice.title(platform?.name ?? "");
  const addTarget = () => {
    changeNotice(at, { targets: [...written.targets, { ...EMPTY, kind: platform?.kinds[0]?.id ?? "profile" }] });
    requestAnimationFrame(() => targets.current?.lastElementChild?.querySelector("select")?.focus());
  };
  return (
    <section class="notice-part" aria-label={title} ref={part} tabIndex={-1} data-rest>
      <h3>
        {title} <span class="mark">{STATE[told?.state ?? "draft"]}</span>
      </h3>
      <fieldset disabled={!editable}>
        <div class="pair">
          <Choice
            label={w.notice.platform}
            value={written.platform}
            options={known.platforms}
            where="platform"
            fault={fault("platform")}
            set={(value) => changeNotice(at, { platform: value, category: "", details: {} })}
          />
          <Choice
            label={w.notice.category}
            value={written.category}
            options={platform?.categories ?? []}
            where="category"
            fault={fault("category")}
            set={(category) => changeNotice(at, { category })}
          />
        </div>
        {platform?.details.map((one) => (
          <Line
            key={one.id}
            label={one.label}
            value={written.details[one.id] ?? ""}
            where={`details.${one.id}`}
            fault={fault(`details.${one.id}`)}
            set={(value) => changeNotice(at, { details: { ...written.details, [one.id]: value } })}
          />
        ))}
        <h4>{w.notice.targets}</h4>
        <div class="targets" ref={targets}>
          {written.targets.map((target, i) => {
            const set = (part: Partial<Target>) =>
              changeNotice(at, { targets: written.targets.map((one, j) => (i === j ? { ...one, ...part } : one)) });
            const of = (field: string) => fault(`targets.${i}.${field}`) ?? fault(`targets.${i}`);
            return (
              <div class="target" role="group" aria-label={w.notice.target(i + 1)} key={i} data-where={`targets.${i}`}>
                <div class="pair">
                  <Choice label={w.notice.kind} value={target.kind} options={platform?.kinds ?? []}
                    where={`targets.${i}.kind`} fault={fault(`targets.${i}.kind`)} set={(kind) => set({ kind })} />
                  <Choice label={w.notice.visibility} value={target.visibility}
                    options={Object.entries(VISIBILITY).map(([id, name]) => ({ id, name }))}
                    where={`targets.${i}.visibility`}
                    fault={fault(`targets.${i}.visibility`)}
                    set={(value) => set({ visibility: value as Target["visibility"] })} />
                </div>
                <Line label={w.notice.url} value={target.url} where={`targets.${i}.url`} fault={of("url")} mode="url" set={(url) => set({ url })} />
                <Line label={w.notice.handle} value={target.handle} where={`targets.${i}.handle`}
                  fault={fault(`targets.${i}.handle`)} set={(handle) => set({ handle })} />
                <button type="button" class="link"
                  onClick={() => changeNotice(at, { targets: written.targets.filter((_, j) => i !== j) })}>
                  {w.notice.removeTarget} ({w.notice.target(i + 1)})
                </button>
              </div>
            );
          })}
        </div>
        <button type="button" class="secondary" data-where="targets" onClick={addTarget}>
          {w.notice.addTarget}
        </button>{" "}
        <button type="button" class="link"
          onClick={() => change({ notices: draft.value?.notices.filter((_, j) => j !== at) ?? [] })}>
          {w.notice.remove}
        </button>
      </fieldset>
      {told && <Way key={told.id} told={told} form={platform?.form ?? null} part={part} />}
    </section>
  );
}

/** From what blocks it to what became of it. */
function Way({ told, form, part }: { told: Notice; form: string | null; part: RefObject<HTMLElement | null> }) {
  const text = jotted(told.id);
  const move = (name: string, body: object = {}) => () =>
    void act((id) => removals.ofNotice(id, told.id, name, body)).then((done) => {
      if (done) jot(told.id, "");
    });
  // Pressed though something is missing, it leads there: a dead button would say nothing.
  const validate = async () => {
    await save();
    const missing = view.value?.case.notices.find((one) => one.id === told.id)?.problems[0];
    if (missing) goTo(missing, part.current);
    else void have(told.id);
  };
  const drawn = drawing.value.includes(told.id);
  const caseId = view.value?.case.id ?? "";
  const sending = told.dispatch && told.dispatch.status !== "sent" ? told.dispatch : null;
  const underWay = sending !== null && !["refused", "stopped"].includes(sending.status);
  const telling = told.state === "removed" && !told.seen_again_at && view.value?.case.tell && !told.told_at;
  const hindrance = view.value?.tell_hindrance ?? null;
  const out = ["dispatched", "received", "appealed"].includes(told.state);
  const says = told.state === "dispatched" ? w.notice.reference : w.notice.why;
  return (
    <div class="way">
      {told.state === "draft" &&
        (told.problems.length ? (
          <div class="blocked" data-where="notifier">
            <p>
              <b>{w.notice.blocked(told.problems.length)}</b>
            </p>
            <ul>
              {told.problems.map((one) => (
                <li key={one.code + one.where}>
                  <button type="button" class="link" onClick={() => goTo(one, part.current)}>
                    {one.text}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ) : (
          <p>{w.notice.ready}</p>
        ))}
      {drawn && (
        <p class="sending" role="status">
          <b>{w.notice.drawing}</b> {w.notice.drawingHint}
        </p>
      )}
      {sending && (
        <p class="sending" role="status">
          <b>{SENDING[sending.status]}</b> <Because sending={sending} />
        </p>
      )}
      {told.deadline && (
        <p class={told.deadline.overdue ? "failure" : ""}>
          {(told.deadline.overdue ? w.notice.overdue : w.notice.due)(dateOf(told.deadline.due_at))}
        </p>
      )}
      {told.state === "removed" && told.watch_until && <p>{w.notice.watch(dateOf(told.watch_until))}</p>}
      {told.looked_at && <p>{w.notice.looked(dateOf(told.looked_at))}</p>}
      {telling && hindrance && <p class="quiet">{w.notice.tellNot[hindrance]}</p>}
      {told.told_at && <p>{w.notice.told(dateOf(told.told_at))}</p>}
      {told.refusal && <blockquote>{told.refusal}</blockquote>}
      {told.appeal && <blockquote>{w.notice.appealed(told.appeal)}</blockquote>}
      {(out || told.state === "refused") && (
        <label>
          {says}
          <input value={text} maxLength={2000} onInput={(e) => jot(told.id, e.currentTarget.value)} />
        </label>
      )}
      <div class="inline">
        {told.platform && (
          <a href={removals.pdf(caseId, told.id)} download>
            {told.state === "draft" ? w.notice.preview : w.notice.pdf}
          </a>
        )}
        {told.state === "draft" && (
          <button type="button" class="primary" aria-disabled={drawn || told.problems.length > 0} onClick={() => void validate()}>
            {w.notice.validate}
          </button>
        )}
        {told.state === "validated" && !underWay &&
          told.routes.map((route) => (
            <button key={route} type="button" class={route === told.routes[0] ? "primary" : "secondary"}
              onClick={move("dispatch", { route })}>
              {ROUTE[route]}
            </button>
          ))}
        {sending?.status === "queued" && (
          <button type="button" class="secondary" onClick={move("cancel")}>{w.notice.cancel}</button>
        )}
        {sending?.status === "unknown" && (
          <>
            <button type="button" class="secondary" onClick={move("resolve", { arrived: true })}>{w.notice.arrived}</button>
            <button type="button" class="secondary" onClick={move("resolve", { arrived: false })}>{w.notice.lost}</button>
          </>
        )}
        {told.state === "dispatched" && (
          <button type="button" class="secondary" onClick={move("received", { text })}>{w.notice.received}</button>
        )}
        {(out || told.state === "refused") && (
          <button type="button" class="primary" onClick={move("removed")}>{w.notice.removed}</button>
        )}
        {out && <button type="button" class="secondary" onClick={move("refused", { text })}>{w.notice.refused}</button>}
        {told.deadline?.remind && <button type="button" class="secondary" onClick={move("reminded")}>{w.notice.remind}</button>}
        {told.state === "refused" && (
          <button type="button" class="secondary" disabled={!text.trim()} onClick={move("appeal", { text })}>
            {w.notice.appeal}
          </button>
        )}
        {told.state === "removed" && !told.seen_again_at && (
          <>
            {telling && !hindrance && (
              <button type="button" class="primary" title={w.notice.tellHint} onClick={move("tell")}>{w.notice.tell}</button>
            )}
            {telling && (
              <button type="button" class="secondary" onClick={move("told_in_words")}>{w.notice.toldInWords}</button>
            )}
            <button type="button" class="secondary" onClick={move("still_gone")}>{w.notice.stillGone}</button>
            <button type="button" class="secondary" onClick={move("seen_again")}>{w.notice.again}</button>
          </>
        )}
      </div>
      {told.state === "validated" && (
        <details class="form-fields">
          <summary>{w.notice.formTitle}</summary>
          <Copies fields={told.form} help={form} name={w.notice.formLink} />
        </details>
      )}
    </div>
  );
}

/** In words where there are some; a server's code is for who runs the service. */
function Because({ sending: { status, error } }: { sending: NonNullable<Notice["dispatch"]> }) {
  if (!error) return null;
  if (status === "stopped") return STOPPED[error] ? <span>{STOPPED[error]}</span> : null;
  return REFUSAL[error] ? <span>{REFUSAL[error]}</span> : <small class="quiet">({error})</small>;
}

interface Asked {
  label: string;
  value: string;
  /** Its place in what the server says is missing. */
  where: string;
  fault: Problem | undefined;
  set: (value: string) => void;
}

export function Choice({ label, value, options, where, fault, set }: Asked & { options: { id: string; name: string }[] }) {
  return (
    <label>
      {label}
      <select value={value} data-where={where} aria-invalid={fault !== undefined} onChange={(e) => set(e.currentTarget.value)}>
        {!options.some((one) => one.id === value) && <option value={value}>{w.notice.choose}</option>}
        {options.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
      {fault && <small class="failure">{fault.text}</small>}
    </label>
  );
}

export function Line({ label, value, where, fault, set, mode, long }: Asked & { mode?: "url"; long?: boolean }) {
  return (
    <label>
      {label}
      {long ? (
        <textarea rows={3} value={value} data-where={where} aria-invalid={fault !== undefined} maxLength={2000}
          onInput={(e) => set(e.currentTarget.value)} />
      ) : (
        <input value={value} data-where={where} inputMode={mode ?? "text"} spellcheck={false} autocomplete="off"
          aria-invalid={fault !== undefined} maxLength={mode ? 4000 : 300}
          onInput={(e) => set(e.currentTarget.value)} />
      )}
      {fault && <small class="failure">{fault.text}</small>}
    </label>
  );
}
