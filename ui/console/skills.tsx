// Trades, languages and how much at a time: of the team, set by supervisors; and what a conversation
// asks for.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "./api";
import { Buttons } from "./modal";
import { needs } from "./handing";
import { Failure } from "./parts";
import { Check } from "./service";
import { type Able, service } from "./service-api";
import { LANGUAGE, SKILL, t } from "./strings";
import { s } from "./strings-service";
import type { Summary } from "./types";

// As far as `CAPACITY_AT_MOST` of handoff/choosing.py.
const AT_A_TIME = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n + 1, String(n + 1)]));

export function Team() {
  const team = useSignal<readonly Able[] | null>(null);
  const usual = useSignal(0);
  const error = useSignal<string | null>(null);
  const told = useSignal("");
  useEffect(() => {
    service.team().then(
      (found) => {
        team.value = found.team;
        usual.value = found.capacity;
      },
      (failed) => {
        error.value = say(failed);
      },
    );
  }, []);
  // Each tick is kept at once: there is no form to forget.
  const change = async (wanted: Able) => {
    error.value = null;
    told.value = "";
    try {
      const kept = await service.able(wanted);
      team.value = (team.value ?? []).map((each) => (each.id === kept.id ? kept : each));
      told.value = s.team.saved(kept.name);
    } catch (failed) {
      error.value = say(failed);
      team.value = [...(team.value ?? [])];
    }
  };
  return (
    <>
      <p>{s.team.help}</p>
      {team.value === null && !error.value && <p class="quiet">{s.loading}</p>}
      {team.value?.map((one) => (
        <details key={one.id}>
          <summary>
            <bdi>{one.name}</bdi>{" "}
            <span class="quiet">
              {[...one.trades.map((each) => SKILL[each]), ...one.languages.map((each) => LANGUAGE[each])].join(", ")}
            </span>
          </summary>
          {(["trades", "languages"] as const).map((kind) => (
            <fieldset key={kind} class="tags">
              <legend>{s.team[kind]}</legend>
              {Object.entries(kind === "trades" ? SKILL : LANGUAGE).map(([what, label]) => (
                <Check
                  key={what}
                  label={label}
                  value={one[kind].includes(what)}
                  set={(on) => {
                    const others = one[kind].filter((each) => each !== what);
                    void change({ ...one, [kind]: on ? [...others, what] : others });
                  }}
                />
              ))}
            </fieldset>
          ))}
          <Choice
            label={s.team.capacity}
            none={s.team.usual(usual.value)}
            names={AT_A_TIME}
            value={one.capacity === null ? null : String(one.capacity)}
            set={(value) => void change({ ...one, capacity: value === null ? null : Number(value) })}
          />
        </details>
      ))}
      <Failure text={error.value} />
      <p class="quiet" role="status">
        {told.value}
      </p>
      <Buttons back={s.close} />
    </>
  );
}

/** On the card: which trade or language should go on with this conversation. */
export function Needs({ summary: { id, skill = null, language = null } }: { summary: Summary }) {
  const error = useSignal<string | null>(null);
  const set = async (wanted: string | null, tongue: string | null) => {
    error.value = await needs(id, wanted, tongue);
  };
  return (
    <section class="needs">
      <h3>{t.needs.title}</h3>
      <Choice
        label={t.needs.skill}
        none={t.needs.anySkill}
        names={SKILL}
        value={skill}
        set={(value) => void set(value, language)}
      />
      <Choice
        label={t.needs.language}
        none={t.needs.french}
        names={LANGUAGE}
        value={language}
        set={(value) => void set(skill, value)}
      />
      <p class="quiet">{t.needs.help}</p>
      <Failure text={error.value} />
    </section>
  );
}

interface ChoiceProps {
  label: string;
  none: string;
  names: Record<string, string>;
  value: string | null;
  set: (value: string | null) => void;
}

function Choice({ label, none, names, value, set }: ChoiceProps) {
  return (
    <label>
      <span>{label}</span>
      <select value={value ?? ""} onChange={(event) => set(event.currentTarget.value || null)}>
        <option value="">{none}</option>
        {Object.entries(names).map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
