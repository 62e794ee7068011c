// The desk now: the light and why, who waits, who is there, who holds what, what comes in waves.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { call, say } from "../api";
import { Icon } from "../icons";
import { Channel, Failure, Since, UrgencyTag } from "../parts";
import { channelName, issueName, URGENCY, who } from "../strings";
import type { Urgency } from "../types";
import { pageVisible } from "../view";
import { Look } from "./look";
import type { Board, Count, Person, Row, Trend } from "./types";
import { availabilityName, causeName, count, lightName, percent, stateName, w, wait } from "./words";

const EVERY = 3_000;
const LEVELS: Urgency[] = ["critique", "elevee", "moderee", "faible"];

export function Live() {
  const board = useSignal<Board | null>(null);
  const error = useSignal<string | null>(null);
  const stale = useSignal(false);
  const look = async () => {
    try {
      board.value = await call<Board>("GET", "board");
      error.value = null;
      stale.value = false;
    } catch (failure) {
      if (board.value === null) error.value = say(failure);
      else stale.value = true;
    }
  };
  useEffect(() => {
    let going = true;
    let timer: ReturnType<typeof setTimeout>;
    const next = async () => {
      if (pageVisible.value) await look();
      if (going) timer = setTimeout(() => void next(), EVERY);
    };
    void next();
    return () => {
      going = false;
      clearTimeout(timer);
    };
  }, []);

  const told = board.value;
  if (told === null) {
    return error.value ? (
      <Failure text={error.value} />
    ) : (
      <p class="quiet" role="status">
        {w.loading}
      </p>
    );
  }
  return (
    <div class="live">
      {stale.value && (
        <p class="notice" role="status">
          {w.stale}
        </p>
      )}
      <Light board={told} />
      <div class="boards">
        <Part title={w.who}>
          <Waiting counts={told.counts} />
          <Pace board={told} />
        </Part>
        <Part title={w.team}>
          <Team people={told.listeners} />
        </Part>
        <Part title={w.hands} why={w.handsWhy} wide>
          <Hands rows={[...told.held, ...told.waiting]} people={told.listeners} done={look} />
        </Part>
        <Part title={w.trends} why={w.trendsWhy}>
          <Trends trends={told.trends} />
        </Part>
        <Part title={w.channels}>
          <ul class="states">
            {told.channels.map((one) => (
              <li key={one.name} class={one.state}>
                <Channel name={one.name} />
                <span>
                  {one.state === "up" ? <Icon name="check" /> : <Icon name="offline" />} {stateName(one.state)}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      </div>
    </div>
  );
}

function Part(props: { title: string; why?: string; wide?: boolean; children: ComponentChildren }) {
  const id = `part-${props.title.replace(/\W+/g, "-")}`;
  return (
    <section class={props.wide ? "wide" : ""} aria-labelledby={id}>
      <h3 id={id}>{props.title}</h3>
      {props.why && <p class="quiet">{props.why}</p>}
      {props.children}
    </section>
  );
}

/** The traffic light: a shape, a word and why, then a colour. */
function Light({ board }: { board: Board }) {
  return (
    <section class={`light ${board.light}`} aria-label={w.light}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {board.light === "red" ? (
          <path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" />
        ) : board.light === "amber" ? (
          <path d="M12 2 23 21H1z" />
        ) : (
          <circle cx="12" cy="12" r="10" />
        )}
      </svg>
      <div>
        <p role="status">
          <b>{lightName(board.light)}</b>
          <span class="sr">. {board.causes.map(causeName).join(". ")}</span>
        </p>
        <ul aria-hidden="true">
          {board.causes.map((cause) => (
            <li key={cause}>{causeName(cause)}</li>
          ))}
        </ul>
      </div>
      {board.alarms.length > 0 && (
        <ul class="alarms">
          {board.alarms.map((one) => (
            <li key={one.id}>
              <Icon name="alarm" /> <Since at={one.danger_since} seconds /> · {issueName(one.issue)} ·{" "}
              <bdi>{w.heldBy(one.listener)}</bdi>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const total = (counts: Count[]): number => counts.reduce((sum, one) => sum + one.count, 0);
const longest = (counts: Count[]): string | null =>
  counts.reduce<string | null>((least, one) => (!least || one.since < least ? one.since : least), null);

function Waiting({ counts }: { counts: Count[] }) {
  if (counts.length === 0) return <p class="empty">{w.nobody}</p>;
  const channels = [...new Set(counts.map((one) => one.channel))];
  const line = (name: string, some: Count[]) => (
    <tr key={name}>
      <th scope="row">
        <bdi>{name}</bdi>
      </th>
      {LEVELS.map((level) => (
        <td key={level} class={`u-${level}`}>
          {total(some.filter((one) => one.urgency === level)) || "–"}
        </td>
      ))}
      <td>
        <b>{count(total(some))}</b>
      </td>
      <td>
        <Since at={longest(some)} />
      </td>
    </tr>
  );
  return (
    <Scroll label={w.who}>
      <thead>
        <tr>
          <th scope="col">{w.channel}</th>
          {LEVELS.map((level) => (
            <th key={level} scope="col">
              {URGENCY[level]}
            </th>
          ))}
          <th scope="col">{w.total}</th>
          <th scope="col">{w.longest}</th>
        </tr>
      </thead>
      <tbody>
        {channels.map((name) =>
          line(
            channelName(name),
            counts.filter((one) => one.channel === name),
          ),
        )}
        {channels.length > 1 && line(w.total, counts)}
      </tbody>
    </Scroll>
  );
}

/** How the desk keeps up: the wait of those answered lately, and how full the team is. */
function Pace({ board: { answered, occupancy } }: { board: Board }) {
  return (
    <dl class="pace">
      <dt>{w.p90}</dt>
      <dd>
        {answered.p90 === null
          ? w.p90TooFew(answered.count)
          : w.p90Of(wait(answered.p90), answered.count)}
      </dd>
      <dt>{w.occupancy}</dt>
      <dd>
        {occupancy.capacity === 0
          ? w.nobodyFree
          : w.occupied(percent(occupancy.held, occupancy.capacity), occupancy.held, occupancy.capacity)}
      </dd>
    </dl>
  );
}

function Team({ people }: { people: Person[] }) {
  if (people.length === 0) return <p class="empty">{w.noTeam}</p>;
  const order = [...people].sort((a, b) => Number(b.present) - Number(a.present));
  return (
    <Scroll inWords label={w.team}>
      <thead>
        <tr>
          <th scope="col">{w.person}</th>
          <th scope="col">{w.state}</th>
          <th scope="col">{w.holds}</th>
        </tr>
      </thead>
      <tbody>
        {order.map((one) => (
          <tr key={one.id} class={one.present ? "" : "away"}>
            <th scope="row">
              <bdi>{one.name}</bdi>
            </th>
            <td>{one.present ? availabilityName(one.availability) : w.notThere}</td>
            <td>{one.held}</td>
          </tr>
        ))}
      </tbody>
    </Scroll>
  );
}

function Trends({ trends }: { trends: Trend[] }) {
  return (
    <Scroll label={w.trends}>
      <thead>
        <tr>
          <th scope="col">{w.issue}</th>
          <th scope="col">{w.lately}</th>
          <th scope="col">{w.usual}</th>
          <th scope="col">{w.week}</th>
          <th scope="col">{w.before}</th>
        </tr>
      </thead>
      <tbody>
        {trends.map((one) => (
          <tr key={one.issue ?? ""} class={one.surge ? "surge" : ""}>
            <th scope="row">
              {one.issue === null ? w.all : issueName(one.issue)}{" "}
              {one.surge && (
                <span class="wave">
                  <Icon name="alarm" /> {w.surge}
                </span>
              )}
            </th>
            <td>{count(one.now)}</td>
            <td>{one.usual.toLocaleString("fr")}</td>
            <td>{count(one.week)}</td>
            <td>{count(one.week_before)}</td>
          </tr>
        ))}
      </tbody>
    </Scroll>
  );
}

function Hands(props: { rows: Row[]; people: Person[]; done: () => Promise<void> }) {
  const said = useSignal("");
  const looked = useSignal<Row | null>(null);
  if (props.rows.length === 0) return <p class="empty">{w.noHands}</p>;
  return (
    <>
      <Scroll inWords label={w.hands}>
        <thead>
          <tr>
            <th scope="col">{w.urgency}</th>
            <th scope="col">{w.issue}</th>
            <th scope="col">{w.channel}</th>
            <th scope="col">{w.since}</th>
            <th scope="col">{w.by}</th>
            <th scope="col">{w.look}</th>
            <th scope="col">{w.act}</th>
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={row.id}>
              <td>
                <UrgencyTag urgency={row.urgency} />
              </td>
              <th scope="row">
                {issueName(row.issue)}
                <small>{who(row)}</small>
              </th>
              <td>
                <Channel name={row.channel} />
              </td>
              <td>
                <Since at={row.claimed_at ?? row.waiting_since} />
              </td>
              <td>
                <bdi>{row.listener ?? w.inQueue}</bdi>
              </td>
              <td>
                <button
                  type="button"
                  class="secondary"
                  aria-haspopup="dialog"
                  aria-label={w.lookAt(`${issueName(row.issue)}, ${who(row)}`)}
                  onClick={() => {
                    looked.value = row;
                  }}
                >
                  {w.look}
                </button>
              </td>
              <td>
                <Give row={row} people={props.people} said={said} done={props.done} />
              </td>
            </tr>
          ))}
        </tbody>
      </Scroll>
      <p class="sr" aria-live="polite">
        {said.value}
      </p>
      {looked.value && (
        <Look
          key={looked.value.id}
          row={looked.value}
          close={() => {
            looked.value = null;
          }}
        />
      )}
    </>
  );
}

const QUEUE = "queue";

function Give(props: { row: Row; people: Person[]; said: { value: string }; done: () => Promise<void> }) {
  const { row, people, said } = props;
  const to = useSignal("");
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const what = w.about(`${issueName(row.issue)}, ${who(row)}`);
  const give = async (event: Event) => {
    event.preventDefault();
    if (busy.value || !to.value) return;
    busy.value = true;
    error.value = null;
    const one = `board/${encodeURIComponent(row.id)}`;
    try {
      if (to.value === QUEUE) await call("POST", `${one}/take_back`, {});
      else await call("POST", `${one}/assign`, { to: to.value });
      said.value = w.given(people.find((person) => person.id === to.value)?.name ?? w.toQueue);
      to.value = "";
      await props.done();
    } catch (failure) {
      error.value = say(failure);
    }
    busy.value = false;
  };
  return (
    <form class="give" onSubmit={(event) => void give(event)}>
      <select
        aria-label={what}
        value={to.value}
        onChange={(event) => {
          to.value = event.currentTarget.value;
        }}
      >
        <option value="">{w.choose}</option>
        {row.listener_id && <option value={QUEUE}>{w.toQueue}</option>}
        {people
          .filter((one) => one.present && one.id !== row.listener_id)
          .map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
      </select>
      <button type="submit" class="secondary" disabled={!to.value} aria-busy={busy.value}>
        {w.give}
      </button>
      <Failure text={error.value} />
    </form>
  );
}

/** A table that scrolls by itself where it is wider than the screen; `inWords`: not of numbers. */
function Scroll({ inWords, label, children }: { inWords?: boolean; label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      <table class={inWords ? "in-words" : ""}>{children}</table>
    </div>
  );
}
