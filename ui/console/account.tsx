// One's own account: what protects it, and where it is signed in.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "./api";
import { Codes, NewApplication, NewKey, PasswordAsked } from "./factors";
import { Failure } from "./parts";
import { keysWork } from "./securitykey";
import { type Factors, type SessionView, staffApi } from "./staffapi";
import { s } from "./staffstrings";
import { failed, me } from "./store";

const day = (moment: string) => new Date(moment).toLocaleDateString("fr-FR");
const time = (moment: string) => new Date(moment).toLocaleTimeString("fr-FR", { timeStyle: "short" });

export function OwnAccount() {
  return (
    <>
      <h2>{s.own.title}</h2>
      <Protection />
      <OwnSessions />
    </>
  );
}

type Doing = null | { what: "totp" | "key" | "renew" } | { what: "remove"; which: string; name: string };

/** Second factors: what there is, and changing it, one thing at a time. */
export function Protection({ heading: Heading = "h3" }: { heading?: "h2" | "h3" }) {
  const factors = useSignal<Factors | null>(null);
  const doing = useSignal<Doing>(null);
  const codes = useSignal<readonly string[]>([]);
  const error = useSignal<string | null>(null);

  const fail = (failure: unknown) => {
    failed(failure);
    error.value = say(failure);
  };
  useEffect(() => {
    staffApi.factors().then((found) => {
      factors.value = found;
    }, fail);
  }, []);

  const done = (now: Factors, fresh: readonly string[] = []) => {
    factors.value = now;
    doing.value = null;
    error.value = null;
    codes.value = fresh;
    // Whoever had to add a factor first may go on, once the codes were seen.
    if (!fresh.length) settle(now);
  };
  const act = (next: Doing) => {
    error.value = null;
    doing.value = next;
  };
  const withPassword = (work: (password: string) => Promise<void>) => async (password: string) => {
    try {
      await work(password);
    } catch (failure) {
      fail(failure);
    }
  };

  const found = factors.value;
  if (codes.value.length)
    return (
      <Codes
        heading={Heading}
        codes={codes.value}
        kept={() => {
          codes.value = [];
          if (factors.value) settle(factors.value);
        }}
      />
    );
  if (!found) return <Failure text={error.value} />;
  const protectedNow = found.totp || found.keys.length > 0;
  const now = doing.value;
  return (
    <section class="block" aria-labelledby="factors">
      <Heading id="factors">{s.own.factors}</Heading>
      <p class="quiet">{s.own.factorsWhy}</p>
      {!protectedNow && <p>{s.own.none}</p>}
      <ul class="rows">
        {found.totp && (
          <li>
            <span>{s.own.totp}</span>
            <button type="button" class="secondary" onClick={() => act({ what: "totp" })}>
              {s.own.replaceTotp}
            </button>
            <Remove name={s.own.totp} which="totp" act={act} />
          </li>
        )}
        {found.keys.map((key) => (
          <li key={key.id}>
            <span>
              <bdi>{s.own.key(key.label)}</bdi> <small>{s.own.added(day(key.added_at))}</small>
            </span>
            <Remove name={s.own.key(key.label)} which={key.id} act={act} />
          </li>
        ))}
        {protectedNow && (
          <li>
            <span>{s.own.left(found.recovery_left)}</span>
            <button type="button" class="secondary" onClick={() => act({ what: "renew" })}>
              {s.own.renew}
            </button>
          </li>
        )}
      </ul>
      {now === null && (
        <div class="buttons start">
          {!found.totp && (
            <button type="button" class="primary" onClick={() => act({ what: "totp" })}>
              {s.own.addTotp}
            </button>
          )}
          {keysWork() && (
            <button type="button" class="secondary" onClick={() => act({ what: "key" })}>
              {s.own.addKey}
            </button>
          )}
        </div>
      )}
      {now?.what === "totp" && (
        <NewApplication asked={protectedNow} done={(added) => done(added, added.codes)} cancel={() => act(null)} />
      )}
      {now?.what === "key" && (
        <NewKey asked={protectedNow} done={(added) => done(added, added.codes)} cancel={() => act(null)} />
      )}
      {now?.what === "renew" && (
        <PasswordAsked
          title={s.own.renew}
          go={withPassword(async (password) => {
            const renewed = await staffApi.newCodes(password);
            done(renewed, renewed.codes);
          })}
          cancel={() => act(null)}
        />
      )}
      {now?.what === "remove" && (
        <PasswordAsked
          title={s.own.removeOf(now.name)}
          go={withPassword(async (password) => done(await staffApi.removeFactor(now.which, password)))}
          cancel={() => act(null)}
        />
      )}
      <Failure text={error.value} />
    </section>
  );
}

function Remove(props: { name: string; which: string; act: (doing: Doing) => void }) {
  return (
    <button
      type="button"
      class="secondary"
      aria-label={s.own.removeOf(props.name)}
      onClick={() => props.act({ what: "remove", which: props.which, name: props.name })}
    >
      {s.own.remove}
    </button>
  );
}

function settle(factors: Factors): void {
  if (!me.value) return;
  const second_factor = factors.totp || factors.keys.length > 0;
  me.value = { ...me.value, second_factor, must_enrol: me.value.must_enrol && !second_factor };
}

function OwnSessions() {
  const sessions = useSignal<readonly SessionView[]>([]);
  const error = useSignal<string | null>(null);
  const told = useSignal("");
  const list = useRef<HTMLUListElement>(null);

  const load = async () => {
    try {
      sessions.value = (await staffApi.sessions()).sessions;
    } catch (failure) {
      failed(failure);
      error.value = say(failure);
    }
  };
  useEffect(() => void load(), []);

  const end = async (id: string) => {
    error.value = null;
    try {
      await staffApi.endSession(id);
      told.value = s.own.ended;
    } catch (failure) {
      failed(failure);
      error.value = say(failure);
    }
    await load();
    list.current?.focus();
  };

  return (
    <section class="block" aria-labelledby="sessions">
      <h3 id="sessions">{s.own.sessions}</h3>
      <ul class="rows" ref={list} tabIndex={-1}>
        {sessions.value.map((one) => (
          <li key={one.id}>
            <span>
              <b>{one.device}</b>{" "}
              <small>
                {day(one.since)}, {s.own.seen(time(one.seen_at))}
                {one.here && ` · ${s.own.here}`}
              </small>
            </span>
            {!one.here && (
              <button type="button" class="secondary" onClick={() => void end(one.id)}>
                {s.own.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p class="quiet" role="status">
        {told.value}
      </p>
      <Failure text={error.value} />
    </section>
  );
}

