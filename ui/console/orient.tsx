// Directing somebody to another service: what fits first, then all of the directory. What was
// suggested stays in view, with what the person said to it.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "./api";
import { newCommand } from "./drafts";
import { Buttons, Modal } from "./modal";
import { Failure } from "./parts";
import { type Entry, type Given, service, type Steps } from "./service-api";
import { o, s } from "./strings-service";
import type { Summary } from "./types";

export function OrientDialog({ summary }: { summary: Summary }) {
  const id = summary.id;
  const entries = useSignal<Entry[] | null>(null);
  const lists = useSignal<Steps[]>([]);
  const fitting = useSignal<string[]>([]);
  const given = useSignal<Given[]>([]);
  const error = useSignal<string | null>(null);
  const told = useSignal("");

  const attempt = async (work: () => Promise<void>) => {
    error.value = null;
    told.value = "";
    try {
      await work();
    } catch (failed) {
      error.value = say(failed);
    }
  };
  const look = async () => {
    const now = await service.fitting(id);
    fitting.value = now.fitting;
    given.value = now.given;
  };
  useEffect(() => {
    void attempt(async () => {
      const all = await service.directory();
      await look();
      lists.value = all.checklists;
      entries.value = all.services;
    });
  }, []);

  // Pressed again after a lost answer, it is the same suggestion and no second message.
  const commands = useRef(new Map<string, string>());
  const suggest = (entry: string) =>
    void attempt(async () => {
      const command = commands.current.get(entry) ?? newCommand();
      commands.current.set(entry, command);
      await service.suggest(id, entry, command);
      commands.current.delete(entry);
      await look();
      told.value = o.done;
    });
  const agree = (entry: string, yes: boolean) =>
    void attempt(async () => {
      given.value = (await service.agreed(id, entry, yes)).given;
    });

  const all = entries.value ?? [];
  const nameOf = (entry: string) =>
    all.find((one) => one.id === entry)?.name ?? lists.value.find((one) => one.id === entry)?.name ?? entry;
  const fits = fitting.value.flatMap((entry) => all.filter((one) => one.id === entry));
  const others = all.filter((one) => !fitting.value.includes(one.id));
  const address = ["parent", "professionnel", "victime_majeure"].includes(summary.role ?? "") ? "vous" : "tu";
  const row = (one: Entry) => (
    <li key={one.id}>
      <p>
        <b>
          <bdi>{one.name}</bdi>
        </b>{" "}
        {one.unchecked && <span class="quiet">({o.unchecked})</span>}
        <br />
        <bdi>{one.text[address]}</bdi>
      </p>
      <button type="button" class="secondary" aria-label={`${o.suggest} : ${one.name}`} onClick={() => suggest(one.id)}>
        {o.suggest}
      </button>
    </li>
  );

  return (
    <Modal title={o.title} name="orient">
      <Failure text={error.value} />
      <p class="quiet" role="status">
        {entries.value === null && !error.value ? s.loading : told.value}
      </p>
      {given.value.length > 0 && (
        <>
          <h3>{o.given}</h3>
          <ul class="entries">
            {given.value.map((one) => (
              <li key={one.seq}>
                <p>
                  <b>
                    <bdi>{nameOf(one.entry)}</bdi>
                  </b>{" "}
                  <span class="quiet">
                    {one.by_bot && `${o.byBot}, `}
                    {one.agreed === null ? o.waiting : one.agreed ? o.yes : o.no}
                  </span>
                </p>
                <span role="group" aria-label={`${o.says} ${nameOf(one.entry)}`}>
                  <button type="button" class="secondary" onClick={() => agree(one.entry, true)}>
                    {o.agree}
                  </button>{" "}
                  <button type="button" class="secondary" onClick={() => agree(one.entry, false)}>
                    {o.refuse}
                  </button>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {entries.value && (
        <>
          <h3>{o.fitting}</h3>
          <ul class="entries">{fits.map(row)}</ul>
          <h3>{o.checklists}</h3>
          <ul class="entries">
            {lists.value.map((one) => (
              <li key={one.id}>
                <p>
                  <b>
                    <bdi>{one.name}</bdi>
                  </b>
                  <br />
                  <bdi>{one.steps[address][0]}</bdi>
                </p>
                <button
                  type="button"
                  class="secondary"
                  aria-label={`${o.give} : ${one.name}`}
                  onClick={() => suggest(one.id)}
                >
                  {o.give}
                </button>
              </li>
            ))}
          </ul>
          <details>
            <summary>{o.others}</summary>
            <ul class="entries">{others.map(row)}</ul>
          </details>
        </>
      )}
      <Buttons back={s.close} />
    </Modal>
  );
}
