// A dossier passed on to an authority: the form that it asks for, what that lacks, what it was told.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../api";
import { originName } from "../strings";
import { dateOf } from "../time";
import { type Authority, type Letter, removals } from "./api";
import { Copies } from "./copies";
import { act, catalogue, changeLetter, draft, failure, jot, jotted, save, view } from "./draft";
import { goTo } from "./faults";
import { Choice, Line } from "./notice";
import { w } from "./words";

export function Passing() {
  const chosen = useSignal("");
  const told = view.value?.case;
  const known = catalogue.value?.authorities ?? [];
  const form = known.find((one) => one.id === chosen.value);
  if (!told) return null;
  return (
    <section class="passing-on" aria-label={w.after.authority}>
      <label>
        {w.after.authority}
        <select value={chosen.value} onChange={(e) => (chosen.value = e.currentTarget.value)}>
          <option value="">{w.notice.choose}</option>
          {known.map((one) => (
            <option key={one.id} value={one.id}>{one.name}</option>
          ))}
        </select>
      </label>
      {form && <Form key={form.id} form={form} done={() => (chosen.value = "")} />}
      <ul>
        {told.escalations.map((one) => (
          <li key={one.at}>
            {originName(one.authority)} {one.reference} · {dateOf(one.at)}
            {one.letter && (
              <details>
                <summary>{w.after.letter}</summary>
                <p class="letter">{one.letter}</p>
              </details>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Form({ form, done }: { form: Authority; done: () => void }) {
  const letter = useSignal<Letter | null>(null);
  const asked = useSignal(false);
  const part = useRef<HTMLDivElement>(null);
  const [told, written] = [view.value, draft.value];
  const id = told?.case.id ?? "";
  // What it would be told is drawn up by the server, anew with every version that was saved.
  useEffect(() => {
    let left = false;
    removals.authority(id, form.id).then(
      (drawn) => {
        if (!left) letter.value = drawn;
      },
      (error: unknown) => {
        if (!left) failure.value = say(error);
      },
    );
    return () => {
      left = true;
    };
  }, [id, form.id, told?.version]);
  if (!told || !written) return null;
  const place = `${id} ${form.id}`;
  const problems = letter.value?.problems ?? [];
  const fault = (where: string) => (asked.value ? problems.find((one) => one.where === where) : undefined);
  const lead = (to: Letter["problems"][number]) => {
    asked.value = true;
    goTo(to, part.current);
  };
  const pass = async () => {
    await save();
    const now = await removals.authority(id, form.id).catch(() => null);
    if (now) letter.value = now;
    const [missing] = now?.problems ?? [];
    if (missing) return lead(missing);
    const body = { authority: form.id, text: jotted(place) };
    if (await act((one) => removals.move(one, "escalate", body), w.after.passed)) {
      jot(place, "");
      done();
    }
  };
  return (
    <div class="way" ref={part} data-where={`letters.${form.id}`}>
      <p class="quiet">{form.note}</p>
      {form.fields.map((one) => {
        const where = `letters.${form.id}.${one.id}`;
        const props = {
          label: one.required ? w.after.needed(one.label) : one.label,
          value: written.letters[form.id]?.[one.id] ?? "",
          where,
          fault: fault(where),
          set: (value: string) => changeLetter(form.id, one.id, value),
        };
        if (one.choices.length)
          return <Choice key={one.id} {...props} options={one.choices.map((name) => ({ id: name, name }))} />;
        return <Line key={one.id} {...props} long={one.long} />;
      })}
      {problems.length > 0 ? (
        <div class="blocked">
          <p><b>{w.after.blocked(problems.length)}</b></p>
          <ul>
            {problems.map((one) => (
              <li key={one.code + one.where}>
                <button type="button" class="link" onClick={() => lead(one)}>{named(one, form)}</button>
              </li>
            ))}
          </ul>
        </div>
      ) : (
        letter.value && <p>{w.notice.ready}</p>
      )}
      {letter.value && (
        <details class="form-fields">
          <summary>{w.after.show}</summary>
          <Copies
            fields={[...letter.value.form, { label: w.after.whole, value: letter.value.text }]}
            help={form.form}
            name={w.after.link}
          />
        </details>
      )}
      <label>
        {w.after.reference}
        <input value={jotted(place)} maxLength={200} onInput={(e) => jot(place, e.currentTarget.value)} />
      </label>
      <button type="button" class="primary" aria-disabled={problems.length > 0} onClick={() => void pass()}>
        {w.after.done}
      </button>
    </div>
  );
}

/** What is missing, by the name of its field: of several the words alone would all be the same. */
function named(one: Letter["problems"][number], form: Authority): string {
  const field = form.fields.find(({ id }) => one.where === `letters.${form.id}.${id}`);
  return field ? field.label : one.text;
}
