// The evidence of a dossier: messages picked from the conversation, captures, and what they show.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, say } from "../api";
import { AUTHOR, t } from "../strings";
import { dateOf } from "../time";
import { type Capture, type Enclosed, removals } from "./api";
import { act, answer, catalogue, change, changeOrAsk, draft, failure, question, view } from "./draft";
import { described, Fault, invalid } from "./faults";
import { FILE, w } from "./words";

interface Line {
  seq: number;
  author: string;
  text: string;
  at: string;
}

const name = (author: string) => (author === "listener" ? t.conversation.me : AUTHOR[author as keyof typeof AUTHOR]);

export function Messages() {
  const told = view.value;
  const written = draft.value;
  const lines = useSignal<Line[] | null>(null);
  const conversation = told?.case.conversation_id ?? null;
  useEffect(() => {
    if (!conversation) return;
    api.detail(conversation).then(
      ({ messages }) => {
        lines.value = messages
          .filter((one) => one.text && !one.deleted_at)
          .map(({ seq, author, text, at }) => ({ seq, author, text, at }));
      },
      () => {
        lines.value = null;
      },
    );
  }, [conversation]);
  if (!told || !written) return null;
  const picked = new Set(written.quotes.map((one) => one.seq));
  const stays = new Set(told.case.hold ? told.case.quotes.map((one) => one.seq) : []);
  return (
    <fieldset>
      <legend>{w.messages.title}</legend>
      <p class="quiet">{lines.value ? w.messages.hint : w.messages.gone}</p>
      {told.case.hold && <p class="quiet">{w.messages.held}</p>}
      <Fault where="quotes" />
      <ul class="picks" tabIndex={0} aria-label={w.messages.title} data-where="quotes" {...described("quotes")}>
        {(lines.value ?? told.case.quotes).map((line) => (
          <li key={line.seq}>
            <label>
              <input
                type="checkbox"
                checked={picked.has(line.seq)}
                disabled={stays.has(line.seq)}
                onChange={(event) =>
                  change({
                    quotes: event.currentTarget.checked
                      ? [...written.quotes, { seq: line.seq, proves: [] }]
                      : written.quotes.filter((one) => one.seq !== line.seq),
                  })
                }
              />
              <span>
                <small class="quiet">
                  {w.messages.number(line.seq)} · {name(line.author)} · {dateOf(line.at)}
                </small>
                <bdi>{line.text}</bdi>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

// <input type="datetime-local"> speaks of this computer's clock, without an offset.
const local = (iso: string | null): string => {
  if (!iso) return "";
  const moment = new Date(iso);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

export function Captures() {
  const told = view.value;
  const busy = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const sending = useRef(Promise.resolve());
  if (!told) return null;
  const send = async (files: readonly File[]) => {
    busy.value = true;
    for (const file of files) {
      const taken = new Date(file.lastModified).toISOString();
      if (!(await act((id) => removals.upload(id, file, taken)))) break;
    }
    busy.value = false;
  };
  // The button stays alive, or who pressed it by a key would be nowhere: what is chosen meanwhile waits.
  const add = (files: readonly File[]) => {
    if (input.current) input.current.value = "";
    sending.current = sending.current.then(() => send(files));
  };
  return (
    <fieldset tabIndex={-1} data-rest>
      <legend>{w.captures.title}</legend>
      <p class="quiet">{w.captures.hint}</p>
      <p class="notice danger">{w.captures.never}</p>
      {told.case.enclosed.length > 0 && (
        <div class={told.case.enclosed.every((one) => one.kept) ? "" : "blocked"}>
          <p id="enclosed"><b>{w.captures.enclosed}</b></p>
          <ul class="steps" aria-labelledby="enclosed">
            {told.case.enclosed.map((one) => (
              <OneFile key={one.id} file={one} caseId={told.case.id} />
            ))}
          </ul>
        </div>
      )}
      <label class="upload">
        {busy.value ? w.saving : w.captures.add}
        <input
          ref={input}
          type="file"
          multiple
          accept="image/png,image/jpeg,image/webp"
          data-where="captures"
          onChange={(event) => add([...(event.currentTarget.files ?? [])])}
        />
      </label>
      {told.case.captures.map((one, at) => (
        <OneCapture key={one.id} capture={one} number={at + 1} />
      ))}
    </fieldset>
  );
}

/** A voice, a film or a document of a copy for a judge. */
function OneFile({ file, caseId }: { file: Enclosed; caseId: string }) {
  const asked = useSignal(false);
  const gone = file.destroyed ? w.captures.fileDestroyed : w.captures.notKept;
  const destroy = () => {
    asked.value = false;
    void act((id) => removals.move(id, `files/${file.id}/hash-only`));
  };
  return (
    <li tabIndex={-1} data-rest>
      {w.captures.file(file.seq, FILE[file.type] ?? file.type)} · {dateOf(file.at)} ·{" "}
      {file.kept ? <a href={removals.file(caseId, file.id)} download>{w.captures.download}</a> : gone}{" "}
      {file.sha256 && <small class="quiet hash">{file.sha256}</small>}
      {file.kept && !asked.value && (
        <button type="button" class="link" onClick={() => (asked.value = true)}>{w.captures.fileHashOnly}</button>
      )}
      {file.kept && asked.value && (
        <div class="notice danger" role="alert">
          <p>{w.captures.fileDestroys}</p>
          <div class="inline">
            <button type="button" class="secondary" onClick={destroy}>{w.captures.destroy}</button>
            <button type="button" class="primary" onClick={() => (asked.value = false)}>{w.captures.destroyNot}</button>
          </div>
        </div>
      )}
    </li>
  );
}

function OneCapture({ capture, number }: { capture: Capture; number: number }) {
  const url = useSignal<string | null>(null);
  const written = draft.value?.captures.find((one) => one.id === capture.id);
  const hide = () => {
    if (url.peek()) URL.revokeObjectURL(url.peek() as string);
    url.value = null;
  };
  useEffect(() => hide, []);
  if (!written || !view.value) return null;
  const caseId = view.value.case.id;
  const set = (part: Partial<typeof written>) =>
    change({ captures: draft.value?.captures.map((one) => (one.id === capture.id ? { ...one, ...part } : one)) ?? [] });
  const reveal = async () => {
    try {
      const answer = await fetch(removals.picture(caseId, capture.id), { cache: "no-store" });
      if (!answer.ok) throw new Error();
      url.value = URL.createObjectURL(new Blob([await answer.blob()], { type: capture.mime }));
    } catch (error) {
      failure.value = say(error);
    }
  };
  const title = w.captures.one(number);
  const where = `captures.${capture.id}`;
  // What is asked about shows as it was answered, though nothing is changed yet.
  const intimate = question.value?.where === where ? true : written.intimate;
  return (
    <div class="capture" role="group" aria-label={title} tabIndex={-1} data-rest data-where={where} {...described(where)}>
      <h3>
        {title} {!capture.kept && <span class="mark">{w.captures.onlyHash}</span>}
      </h3>
      <Fault where={where} />
      <label>
        {w.captures.caption}
        <input value={written.caption} maxLength={300} onInput={(e) => set({ caption: e.currentTarget.value })} />
      </label>
      <label>
        {w.captures.taken}
        <input
          type="datetime-local"
          value={local(written.taken_at)}
          {...invalid(where, ["capture_undated", "capture_future"])}
          onChange={(e) => {
            const at = e.currentTarget.value;
            set({ taken_at: at ? new Date(at).toISOString() : null });
          }}
        />
      </label>
      {capture.kept && (
        <>
          <div class="inline" role="radiogroup" aria-label={w.captures.intimate}
            {...invalid(where, ["capture_unjudged", "capture_intimate"])}>
            <span>{w.captures.intimate}</span>
            {([true, false] as const).map((value) => (
              <label key={String(value)}>
                <input
                  type="radio"
                  name={`intimate-${capture.id}`}
                  checked={intimate === value}
                  onChange={() => {
                    if (value) hide();
                    changeOrAsk(where, ({ captures }) => ({
                      captures: captures.map((one) => (one.id === capture.id ? { ...one, intimate: value } : one)),
                    }));
                  }}
                />
                {value ? w.captures.yes : w.captures.no}
              </label>
            ))}
          </div>
          <Destroying where={where} />
          {url.value && <img src={url.value} alt={title} />}
          <div class="inline">
            {capture.shown && (
              <button type="button" class="secondary" onClick={() => (url.value ? hide() : void reveal())}>
                {url.value ? w.captures.hide : w.captures.show}
              </button>
            )}
            <button
              type="button"
              class="secondary"
              onClick={() => {
                hide();
                void act((id) => removals.move(id, `captures/${capture.id}/hash-only`));
              }}
            >
              {w.captures.hashOnly}
            </button>
          </div>
        </>
      )}
      {!view.value.case.hold && (
        <button
          type="button"
          class="link"
          onClick={() => change({ captures: draft.value?.captures.filter((one) => one.id !== capture.id) ?? [] })}
        >
          {w.captures.remove} ({title})
        </button>
      )}
    </div>
  );
}

/** Before an answer destroys pictures: which, and what stays of them. Placed where the answer is given. */
export function Destroying({ where }: { where: string }) {
  const asked = question.value;
  if (asked?.where !== where) return null;
  return (
    <div class="notice danger" role="alert">
      <p>{w.captures.destroys(asked.captures)}</p>
      <div class="inline">
        <button type="button" class="secondary" onClick={() => answer(true)}>{w.captures.destroy}</button>
        <button type="button" class="primary" onClick={() => answer(false)}>{w.captures.destroyNot}</button>
      </div>
    </div>
  );
}

export function Law() {
  const [told, written, known] = [view.value, draft.value, catalogue.value];
  if (!told || !written || !known) return null;
  const shown = new Set([...told.proposed, ...written.qualifications]);
  const option = (one: (typeof known.qualifications)[number]) => (
    <li key={one.id} data-where={`qualifications.${one.id}`}>
      <label>
        <input
          type="checkbox"
          {...invalid(`qualifications.${one.id}`)}
          checked={written.qualifications.includes(one.id)}
          onChange={(event) =>
            change({
              qualifications: event.currentTarget.checked
                ? [...written.qualifications, one.id]
                : written.qualifications.filter((id) => id !== one.id),
            })
          }
        />
        <span>
          {one.title} <small class="quiet">({one.reference}{one.check ? `, ${w.law.check}` : ""})</small>
        </span>
      </label>
      <Fault where={`qualifications.${one.id}`} />
      {written.qualifications.includes(one.id) && one.elements.map((each) => <Element key={each.id} {...each} />)}
    </li>
  );
  return (
    <fieldset data-where="qualifications" {...described("qualifications")}>
      <legend>{w.law.title}</legend>
      {told.withholds_name && <p class="notice">{w.law.withheld}</p>}
      {told.proposed.length > 0 && <p class="quiet">{w.law.proposed}</p>}
      <Fault where="qualifications" />
      <ul class="picks open">{known.qualifications.filter((one) => shown.has(one.id)).map(option)}</ul>
      <details>
        <summary>{w.law.others}</summary>
        <ul class="picks open">{known.qualifications.filter((one) => !shown.has(one.id)).map(option)}</ul>
      </details>
    </fieldset>
  );
}

/** One constituent element, and what shows it. */
function Element({ id, label }: { id: string; label: string }) {
  const written = draft.value;
  if (!written) return null;
  const where = `elements.${id}`;
  const toggled = (proves: string[], on: boolean) => (on ? [...proves, id] : proves.filter((one) => one !== id));
  return (
    <div class="element" role="group" aria-label={label} data-where={where} {...described(where)}>
      <p>{w.law.shownBy(label)}</p>
      <Fault where={where} />
      {written.quotes.map((one) => (
        <label key={one.seq}>
          <input
            type="checkbox"
            checked={one.proves.includes(id)}
            onChange={(e) => {
              const proves = toggled(one.proves, e.currentTarget.checked);
              change({ quotes: written.quotes.map((each) => (each === one ? { ...one, proves } : each)) });
            }}
          />
          {w.messages.number(one.seq)}
        </label>
      ))}
      {written.captures.map((one, at) => (
        <label key={one.id}>
          <input
            type="checkbox"
            checked={one.proves.includes(id)}
            onChange={(e) => {
              const proves = toggled(one.proves, e.currentTarget.checked);
              change({ captures: written.captures.map((each) => (each === one ? { ...one, proves } : each)) });
            }}
          />
          {w.captures.one(at + 1)}
        </label>
      ))}
      <label>
        <input
          type="checkbox"
          checked={written.told.includes(id)}
          onChange={(e) => change({ told: toggled(written.told, e.currentTarget.checked) })}
        />
        {w.law.told}
      </label>
    </div>
  );
}
