// Accounts, for those who manage them: a link instead of a password, roles, closing, sessions.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "./api";
import { Failure } from "./parts";
import { type Account, type Role, staffApi } from "./staffapi";
import { ROLES, s } from "./staffstrings";
import { failed, me } from "./store";

interface Link {
  name: string;
  url: string;
}

export function Accounts() {
  const accounts = useSignal<readonly Account[]>([]);
  const link = useSignal<Link | null>(null);
  const error = useSignal<string | null>(null);
  const told = useSignal("");

  /** Why it did not work; null: it did. */
  const attempt = async (work: () => Promise<void>): Promise<string | null> => {
    error.value = null;
    told.value = "";
    try {
      await work();
      return null;
    } catch (failure) {
      failed(failure);
      return say(failure);
    }
  };
  const above = async (work: () => Promise<void>) => {
    error.value = await attempt(work);
  };
  const load = async () => {
    accounts.value = (await staffApi.accounts()).accounts;
  };
  useEffect(() => void above(load), []);

  const offer = (name: string, token: string | undefined) => {
    if (token) link.value = { name, url: `${location.origin}/console/#invitation=${token}` };
  };
  const invite = (login: string, name: string, role: Role) =>
    attempt(async () => {
      const made = await staffApi.invite(login, name, role);
      offer(made.account.name, made.invitation);
      await load();
    });
  const change = (account: Account, verb: string, body?: object) =>
    above(async () => {
      offer(account.name, (await staffApi.change(account.id, verb, body)).invitation);
      told.value = s.accounts.changed;
      await load();
    });

  return (
    <>
      <h2 id="accounts-title" tabIndex={-1}>
        {s.accounts.title}
      </h2>
      {link.value && (
        <Offered
          link={link.value}
          done={() => {
            link.value = null;
          }}
        />
      )}
      <p class="quiet" role="status">
        {told.value}
      </p>
      <Failure text={error.value} />
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{s.accounts.name}</th>
            <th scope="col">{s.accounts.login}</th>
            <th scope="col">{s.accounts.role}</th>
            <th scope="col">{s.accounts.state}</th>
            <th scope="col">{s.accounts.actions}</th>
          </tr>
        </thead>
        <tbody>
          {accounts.value.map((one) => (
            <Row key={one.id} account={one} change={change} />
          ))}
        </tbody>
      </table>
      <Invite invite={invite} />
    </>
  );
}

type Change = (account: Account, verb: string, body?: object) => Promise<void>;

const state = (one: Account): string => {
  if (one.disabled) return s.accounts.disabled;
  if (one.invited_until) return s.accounts.invited;
  if (one.must_enrol) return s.accounts.mustEnrol;
  return `${s.accounts.active}, ${one.second_factor ? s.accounts.protected : s.accounts.unprotected}`;
};

function Row({ account, change }: { account: Account; change: Change }) {
  const asked = useSignal<{ verb: string; name: string; body?: object } | null>(null);
  const own = account.id === me.value?.id;
  const box = useRef<HTMLDetailsElement>(null);
  // What asked has the focus again if nothing comes of it.
  const from = useRef<Element | null>(null);
  const home = () => box.current?.querySelector("summary")?.focus();
  const ask = (verb: string, name: string, body?: object) => {
    from.current = document.activeElement;
    asked.value = body ? { verb, name, body } : { verb, name };
  };
  // The focus goes to the summary then, not to the button that asked: it may soon do the contrary.
  const go = async () => {
    const wanted = asked.value;
    asked.value = null;
    if (wanted) await change(account, wanted.verb, wanted.body);
  };
  const cancel = () => {
    asked.value = null;
    if (from.current instanceof HTMLElement && from.current.isConnected) from.current.focus();
    else home();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !box.current?.open) return;
    if (asked.value) cancel();
    else {
      box.current.open = false;
      home();
    }
  };
  const other = (Object.keys(ROLES) as Role[]).filter((role) => role !== account.role);
  return (
    <tr>
      <th scope="row">
        <bdi>{account.name}</bdi> {own && <small>({s.accounts.you})</small>}
      </th>
      <td>
        <bdi>{account.login}</bdi>
      </td>
      <td>{ROLES[account.role]}</td>
      <td>{state(account)}</td>
      <td>
        {!own && (
          <details class="manage" ref={box} onKeyDown={onKeyDown} data-rest>
            <summary aria-label={s.accounts.manage(account.name)}>{s.accounts.actions}</summary>
            <div class="buttons start">
              <Act name={s.accounts.again} go={() => ask("invite", s.accounts.again)} />
              {other.map((role) => (
                <Act
                  key={role}
                  name={`${s.accounts.role} : ${ROLES[role]}`}
                  go={() => ask("role", `${s.accounts.role} : ${ROLES[role]}`, { role })}
                />
              ))}
              <Act name={s.accounts.endSessions} go={() => void change(account, "sessions/end")} />
              {account.second_factor && (
                <Act name={s.accounts.forget} go={() => ask("forget-factors", s.accounts.forget)} />
              )}
              {account.disabled ? (
                <Act name={s.accounts.enable} go={() => void change(account, "enable")} />
              ) : (
                <Act name={s.accounts.disable} go={() => ask("disable", s.accounts.disable)} />
              )}
            </div>
            {asked.value && (
              <p class="notice" role="alert">
                <b>{asked.value.name}</b> : <bdi>{account.name}</bdi>. {s.accounts.sure[asked.value.verb]}{" "}
                <button type="button" class="primary" onClick={() => void go()}>
                  {s.accounts.confirm}
                </button>{" "}
                <button type="button" class="secondary" onClick={cancel}>
                  {s.own.cancel}
                </button>
              </p>
            )}
          </details>
        )}
      </td>
    </tr>
  );
}

function Act({ name, go }: { name: string; go: () => void }) {
  return (
    <button type="button" class="secondary" onClick={go}>
      {name}
    </button>
  );
}

function Invite({ invite }: { invite: (login: string, name: string, role: Role) => Promise<string | null> }) {
  const form = useRef<HTMLFormElement>(null);
  const error = useSignal<string | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!form.current) return;
    const data = new FormData(form.current);
    const [login, name] = [String(data.get("login") ?? ""), String(data.get("name") ?? "")];
    error.value = await invite(login, name, String(data.get("role")) as Role);
    if (error.value === null) form.current?.reset();
    // Nearly always the login: it is taken, or has a letter that none may have.
    else form.current?.querySelector<HTMLInputElement>("#new-login")?.focus();
  };
  return (
    <section class="block" aria-labelledby="invite">
      <h3 id="invite">{s.accounts.invite}</h3>
      <form ref={form} class="ask" onSubmit={(event) => void submit(event)}>
        <label for="new-name">{s.accounts.name}</label>
        <input id="new-name" name="name" maxLength={60} required autocomplete="off" aria-describedby="new-name-hint" />
        <p id="new-name-hint" class="quiet">
          {s.accounts.nameHint}
        </p>
        <label for="new-login">{s.accounts.login}</label>
        <input
          id="new-login"
          name="login"
          maxLength={40}
          required
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="new-login-hint invite-error"
        />
        <p id="new-login-hint" class="quiet">
          {s.accounts.loginHint}
        </p>
        <Failure id="invite-error" text={error.value} />
        <label for="new-role">{s.accounts.role}</label>
        <select id="new-role" name="role">
          {Object.entries(ROLES).map(([role, name]) => (
            <option key={role} value={role}>
              {name}
            </option>
          ))}
        </select>
        <div class="buttons start">
          <button type="submit" class="primary">
            {s.accounts.create}
          </button>
        </div>
      </form>
    </section>
  );
}

function Offered({ link, done }: { link: Link; done: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const copied = useSignal("");
  // Who puts the link away goes on where they asked for it.
  const before = useRef<Element | null>(null);
  const show = () => {
    field.current?.focus();
    field.current?.select();
  };
  useEffect(() => {
    if (document.activeElement !== field.current) before.current = document.activeElement;
    copied.value = "";
    show();
  }, [link.url]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link.url);
      copied.value = s.accounts.copied;
    } catch {
      show();
      copied.value = s.accounts.copyByHand;
    }
  };
  const leave = () => {
    const back = before.current;
    done();
    if (back instanceof HTMLElement && back !== document.body && back.isConnected) back.focus();
    else document.getElementById("accounts-title")?.focus();
  };
  return (
    <section class="block offered" aria-labelledby="offered">
      <h3 id="offered">{s.accounts.link(link.name)}</h3>
      <p id="offered-why">{s.accounts.linkWhy}</p>
      <input ref={field} readOnly value={link.url} aria-labelledby="offered" aria-describedby="offered-why" />
      <div class="buttons start">
        <button type="button" class="primary" onClick={() => void copy()}>
          {s.accounts.copy}
        </button>
        <button type="button" class="secondary" onClick={leave}>
          {s.accounts.done}
        </button>
      </div>
      <p role="status">{copied.value}</p>
    </section>
  );
}
