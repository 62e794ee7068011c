// The papers of the service, for supervisors: hours, on-call rota, directory. What the server refuses
// stays on screen with its reason, and nothing typed is lost.
import { type Signal, untracked, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "./api";
import { DESK, draftOf, setDraft } from "./drafts";
import { Buttons, Modal } from "./modal";
import { Failure } from "./parts";
import { type Directory, type Hours, type Paper, type PaperName, type Plan, type Rota, type Service, service } from "./service-api";
import { channelName, ISSUE } from "./strings";
import { IntakeForm, RepliesForm, TagsForm } from "./service-desk";
import { Team } from "./skills";
import { can } from "./store";
import { s } from "./strings-service";

/** Its parts, and what each asks for. */
const TABS = {
  hours: "edit_service",
  rota: "edit_service",
  directory: "edit_service",
  replies: "edit_service",
  tags: "edit_service",
  intake: "edit_service",
  team: "supervise",
} as const;
type Tab = keyof typeof TABS;

/** Those that the signed-in account may use. */
export const serviceTabs = (): Tab[] => (Object.keys(TABS) as Tab[]).filter((tab) => can(TABS[tab]));

export const CHANNELS = ["web", "whatsapp", "messenger", "instagram", "telegram"];

export function ServiceDialog() {
  const tabs = serviceTabs();
  const name = useSignal(tabs[0]);
  return (
    <Modal title={s.title} name="service">
      <div class="tabs" role="group" aria-label={s.title}>
        {tabs.map((each) => (
          <button
            type="button"
            key={each}
            aria-pressed={name.value === each}
            onClick={() => {
              name.value = each;
            }}
          >
            {s.tabs[each]}
          </button>
        ))}
      </div>
      {name.value === "hours" && <Editor key="hours" name="hours" form={HoursForm} />}
      {name.value === "rota" && <Editor key="rota" name="rota" form={RotaForm} />}
      {name.value === "directory" && <Editor key="directory" name="directory" form={DirectoryForm} />}
      {name.value === "replies" && <Editor key="replies" name="replies" form={RepliesForm} />}
      {name.value === "tags" && <Editor key="tags" name="tags" form={TagsForm} />}
      {name.value === "intake" && <Editor key="intake" name="intake" form={IntakeForm} />}
      {name.value === "team" && <Team />}
    </Modal>
  );
}

export type Form<Body> = (props: { body: Signal<Body> }) => preact.JSX.Element;

function Editor<Body>({ name, form: Fields }: { name: PaperName; form: Form<Body> }) {
  const paper = useSignal<Paper<Body> | null>(null);
  const body = useSignal<Body | null>(null);
  const error = useSignal<string | null>(null);
  const done = useSignal(false);
  const busy = useSignal(false);
  // The fields keep what is typed as it is typed: to show what is saved they are made anew.
  const fields = useSignal(0);
  const field = `paper ${name}`;

  const take = (fresh: Paper<Body>) => {
    setDraft(DESK, field, "");
    paper.value = fresh;
    body.value = fresh.body;
  };
  /** With what was typed before and not saved. It follows the version that it was begun on, so that the
   *  server says no where somebody else saved one since. */
  const begin = (fresh: Paper<Body>) => {
    const kept = JSON.parse(draftOf(DESK, field) || "null") as Pick<Paper<Body>, "version" | "body"> | null;
    if (!kept || same(kept.body, fresh.body)) return take(fresh);
    paper.value = { ...fresh, version: kept.version };
    body.value = kept.body;
  };
  const read = (then: (fresh: Paper<Body>) => void) =>
    service.read<Body>(name).then(then, (failed) => {
      error.value = say(failed);
    });
  useEffect(() => void read(begin), []);
  useSignalEffect(() => {
    const [now, on] = [body.value, paper.value];
    if (on && now !== on.body) untracked(() => setDraft(DESK, field, JSON.stringify({ version: on.version, body: now })));
  });

  const save = async (event: Event) => {
    event.preventDefault();
    if (!paper.value || body.value === null || busy.value) return;
    busy.value = true;
    error.value = null;
    done.value = false;
    try {
      take(await service.save(name, paper.value.version, body.value));
      done.value = true;
    } catch (failed) {
      error.value = say(failed);
      // It may be saved all the same, and only the answer was lost.
      await service.read<Body>(name).then((now) => {
        if (!same(now.body, body.value)) return;
        take(now);
        error.value = null;
        done.value = true;
      }, () => undefined);
    }
    busy.value = false;
  };
  const giveUp = () =>
    read((fresh) => {
      take(fresh);
      error.value = null;
      fields.value += 1;
    });

  if (!paper.value || body.value === null)
    return error.value ? <Failure text={error.value} /> : <p class="quiet">{s.loading}</p>;
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <p class="quiet">{s.by(paper.value.version, paper.value.by)}</p>
      <Fields key={fields.value} body={body as Signal<Body>} />
      <Failure text={error.value} />
      <p class="quiet" role="status">
        {done.value ? s.saved : ""}
      </p>
      {draftOf(DESK, field) && (
        <p class="quiet" data-rest>
          {s.begun}{" "}
          <button type="button" class="link" onClick={() => void giveUp()}>
            {s.giveUp}
          </button>
        </p>
      )}
      <Buttons back={s.close} go={busy.value ? s.saving : s.save} busy={busy.value} />
    </form>
  );
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

interface FieldProps {
  label: string;
  value: string;
  set: (value: string) => void;
  rows?: number;
}

/** A field that keeps what is typed as it is typed, whatever is made of it. */
export function Field({ label, value, set, rows }: FieldProps) {
  const typed = useSignal(value);
  const change = (event: { currentTarget: { value: string } }) => {
    typed.value = event.currentTarget.value;
    set(typed.value);
  };
  return (
    <label class="field">
      <span>{label}</span>
      {rows ? (
        <textarea rows={rows} value={typed.value} onInput={change} data-kept />
      ) : (
        <input value={typed.value} onInput={change} data-kept />
      )}
    </label>
  );
}

export function Check(props: { label: string; value: boolean; set: (value: boolean) => void }) {
  return (
    <label class="option">
      <input type="checkbox" checked={props.value} onChange={(event) => props.set(event.currentTarget.checked)} />
      <span>{props.label}</span>
    </label>
  );
}

export const split = (words: string, by: string | RegExp): string[] =>
  words
    .split(by)
    .map((each) => each.trim())
    .filter(Boolean);

const EMPTY: Plan = { week: {}, holidays: null, exceptions: [] };

function HoursForm({ body }: { body: Signal<Hours> }) {
  const channel = useSignal("");
  const hours = body.value;
  const own = channel.value ? hours.channels?.[channel.value] : undefined;
  const set = (plan: Partial<Plan>) => {
    const now = body.value;
    const at = channel.value;
    body.value = at
      ? { ...now, channels: { ...now.channels, [at]: { ...(now.channels?.[at] ?? EMPTY), ...plan } } }
      : { ...now, ...plan };
  };
  return (
    <>
      <p>{s.hours.help}</p>
      <label class="field">
        <span>{s.hours.channel}</span>
        <select
          value={channel.value}
          onChange={(event) => {
            channel.value = event.currentTarget.value;
          }}
        >
          <option value="">{s.hours.all}</option>
          {CHANNELS.map((each) => (
            <option key={each} value={each}>
              {channelName(each)}
            </option>
          ))}
        </select>
      </label>
      {channel.value && (
        <Check
          label={s.hours.own}
          value={own !== undefined}
          set={(wanted) => {
            const { [channel.value]: _gone, ...others } = body.value.channels ?? {};
            const { week, holidays, exceptions } = body.value;
            const copy: Plan = { week, holidays: holidays ?? null, exceptions: exceptions ?? [] };
            body.value = { ...body.value, channels: wanted ? { ...others, [channel.value]: copy } : others };
          }}
        />
      )}
      {(!channel.value || own) && <PlanForm key={channel.value} plan={own ?? hours} set={set} />}
      <Field
        label={s.hours.soon}
        value={String(hours.closing_soon ?? 30)}
        set={(words) => {
          body.value = { ...body.value, closing_soon: Number(words) };
        }}
      />
    </>
  );
}

function PlanForm({ plan, set }: { plan: Plan; set: (plan: Partial<Plan>) => void }) {
  const week = useSignal(plan.week);
  const usual = useSignal(plan.holidays == null);
  return (
    <>
      {Object.entries(s.hours.days).map(([day, label]) => (
        <Field
          key={day}
          label={label}
          value={(plan.week[day] ?? []).join(", ")}
          set={(words) => {
            week.value = { ...week.value, [day]: split(words, ",") };
            set({ week: week.value });
          }}
        />
      ))}
      <Check
        label={s.hours.usual}
        value={usual.value}
        set={(on) => {
          usual.value = on;
          set({ holidays: on ? null : [] });
        }}
      />
      {!usual.value && (
        <Field
          label={s.hours.holidays}
          value={(plan.holidays ?? []).join(", ")}
          set={(words) => set({ holidays: split(words, ",") })}
        />
      )}
      <Field
        label={s.hours.exceptions}
        rows={3}
        value={(plan.exceptions ?? []).map(({ day, hours }) => `${day} ${hours.join(", ")}`.trim()).join("\n")}
        set={(words) =>
          set({
            exceptions: split(words, "\n").map((line) => {
              const [day = "", ...rest] = line.split(/\s+/);
              return { day, hours: split(rest.join(" "), ",") };
            }),
          })
        }
      />
    </>
  );
}

const levelsOf = (words: string): string[][] => split(words, ">").map((level) => split(level, ","));
const levelsIn = (levels: string[][]): string => levels.map((level) => level.join(", ")).join(" > ");

function RotaForm({ body }: { body: Signal<Rota> }) {
  const { people = [], turns = [], otherwise = [], escalate_after = 10 } = body.value;
  const set = (change: Partial<Rota>) => {
    body.value = { ...body.value, ...change };
  };
  return (
    <>
      <p>{s.rota.help}</p>
      <Field
        label={s.rota.people}
        rows={4}
        value={people.map((one) => [one.name, one.email ?? "", one.webhook ?? ""].join(" ; ")).join("\n")}
        set={(words) =>
          set({
            people: split(words, "\n").map((line) => {
              const [name = "", email = "", webhook = ""] = line.split(";").map((each) => each.trim());
              return { name, email: email || null, webhook: webhook || null };
            }),
          })
        }
      />
      <Field
        label={s.rota.turns}
        rows={4}
        value={turns.map((one) => `${one.first} ${one.last} : ${levelsIn(one.levels)}`).join("\n")}
        set={(words) =>
          set({
            turns: split(words, "\n").map((line) => {
              const [days = "", ...names] = line.split(":");
              const [first = "", last = first] = days.trim().split(/\s+/);
              return { first, last, levels: levelsOf(names.join(":")) };
            }),
          })
        }
      />
      <Field label={s.rota.otherwise} value={levelsIn(otherwise)} set={(words) => set({ otherwise: levelsOf(words) })} />
      <p class="quiet">{s.rota.order}</p>
      <Field
        label={s.rota.minutes}
        value={String(escalate_after)}
        set={(words) => set({ escalate_after: Number(words) })}
      />
    </>
  );
}

function DirectoryForm({ body }: { body: Signal<Directory> }) {
  const put = (index: number, change: Partial<Service> | null) => {
    const services = body.value.services.flatMap((one, i) =>
      i !== index ? [one] : change === null ? [] : [{ ...one, ...change }],
    );
    body.value = { ...body.value, services };
  };
  return (
    <>
      <p>{s.directory.help}</p>
      {body.value.services.map((one, index) => (
        <details key={`${index}-${body.value.services.length}`} open={!one.id}>
          <summary>
            <bdi>{one.name || s.directory.add}</bdi>{" "}
            <span class="quiet">
              {[one.number, one.region === "FR" ? null : one.region, one.check ? s.directory.unchecked : null]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </summary>
          <ServiceFields one={one} put={(change) => put(index, change)} />
        </details>
      ))}
      <button
        type="button"
        class="secondary"
        onClick={() => {
          const fresh: Service = { id: "", name: "", text: { tu: "", vous: "" } };
          body.value = { ...body.value, services: [...body.value.services, fresh] };
        }}
      >
        {s.directory.add}
      </button>
    </>
  );
}

function ServiceFields({ one, put }: { one: Service; put: (change: Partial<Service> | null) => void }) {
  const ages = one.ages ?? ["minor", "adult"];
  const age = (name: string, on: boolean) =>
    put({ ages: on ? [...ages, name] : ages.filter((each) => each !== name) });
  return (
    <div class="fields">
      {(["id", "name", "number", "sms", "link", "region", "hours"] as const).map((field) => (
        <Field
          key={field}
          label={s.directory[field]}
          value={one[field] ?? (field === "region" ? "FR" : "")}
          set={(words) => put({ [field]: words.trim() || null })}
        />
      ))}
      {(["tu", "vous"] as const).map((form) => (
        <Field
          key={form}
          label={s.directory[form]}
          rows={2}
          value={one.text[form]}
          set={(words) => put({ text: { ...one.text, [form]: words } })}
        />
      ))}
      <Field
        label={`${s.directory.issues} (${Object.keys(ISSUE).join(", ")})`}
        value={(one.issues ?? []).join(", ")}
        set={(words) => put({ issues: split(words, ",") })}
      />
      <Check label={s.directory.minors} value={ages.includes("minor")} set={(on) => age("minor", on)} />
      <Check label={s.directory.adults} value={ages.includes("adult")} set={(on) => age("adult", on)} />
      <Check label={s.directory.check} value={one.check === true} set={(check) => put({ check })} />
      <button type="button" class="link" onClick={() => put(null)}>
        {s.directory.remove}
      </button>
    </div>
  );
}
