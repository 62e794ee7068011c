import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { api, say } from "./api";
import { Failure } from "./parts";
import { Second } from "./secondstep";
import type { SecondStep } from "./staffapi";
import { enter, firstPassword, logout, signInNotice } from "./store";
import { t } from "./strings";

export function Frame({ children }: { children: ComponentChildren }) {
  return (
    <main class="gate">
      <div class="panel">
        <p class="brand">
          <img src="/console/icon.svg" alt="" width="28" height="28" /> {t.product}{" "}
          <span class="quiet">{t.console}</span>
        </p>
        {children}
      </div>
    </main>
  );
}

export function SignIn() {
  const form = useRef<HTMLFormElement>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const shown = useSignal(false);
  const step = useSignal<SecondStep | null>(null);

  useEffect(() => form.current?.querySelector("input")?.focus(), [step.value]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value || !form.current) return;
    const data = new FormData(form.current);
    const login = String(data.get("login") ?? "").trim();
    const password = String(data.get("password") ?? "");
    if (!login || !password) {
      error.value = t.signIn.empty;
      form.current.querySelector<HTMLInputElement>(login ? "[name=password]" : "[name=login]")?.focus();
      return;
    }
    busy.value = true;
    error.value = null;
    try {
      const { me, second } = await api.login(login, password);
      if (second) {
        step.value = second;
        return;
      }
      if (me.must_change_password) firstPassword.value = password;
      enter(me);
    } catch (failure) {
      error.value = say(failure);
      form.current?.querySelector<HTMLInputElement>("[name=password]")?.select();
    } finally {
      busy.value = false;
    }
  };

  const again = () => {
    step.value = null;
  };
  if (step.value) return <Second step={step.value} entered={enter} back={again} />;
  return (
    <Frame>
      <h1>{t.signIn.title}</h1>
      {signInNotice.value && (
        <p class="notice" role="status">
          {signInNotice.value}
        </p>
      )}
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <label for="login">{t.signIn.login}</label>
        <input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck={false} required />
        <label for="password">{t.signIn.password}</label>
        <input
          id="password"
          name="password"
          type={kind(shown.value)}
          autocomplete="current-password"
          aria-describedby="sign-in-error"
          required
        />
        <Reveal shown={shown} />
        <Failure id="sign-in-error" text={error.value} />
        <button type="submit" class="primary" aria-busy={busy.value}>
          {busy.value ? t.signIn.busy : t.signIn.submit}
        </button>
      </form>
    </Frame>
  );
}

// The type says "password" only to satisfy the table of roles: both kinds of field are meant.
export const kind = (shown: boolean) => (shown ? "text" : "password") as "password";

export function Reveal({ shown }: { shown: { value: boolean } }) {
  return (
    <label class="reveal">
      <input
        type="checkbox"
        checked={shown.value}
        onChange={(event) => {
          shown.value = event.currentTarget.checked;
        }}
      />{" "}
      {t.signIn.show}
    </label>
  );
}

export const SHORTEST = 12;

export function NewPassword() {
  const form = useRef<HTMLFormElement>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const shown = useSignal(false);
  const type = kind(shown.value);

  useEffect(() => form.current?.querySelector("input")?.focus(), []);

  const refuse = (text: string, field: string) => {
    error.value = text;
    form.current?.querySelector<HTMLInputElement>(`[name=${field}]`)?.focus();
  };

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value || !form.current) return;
    const data = new FormData(form.current);
    const old = firstPassword.value ?? String(data.get("old") ?? "");
    const first = String(data.get("first") ?? "");
    if (!old) return refuse(t.newPassword.emptyOld, "old");
    if ([...first].length < SHORTEST) return refuse(t.newPassword.short, "first");
    if (first === old) return refuse(t.newPassword.same, "first");
    if (first !== data.get("second")) return refuse(t.newPassword.differ, "second");
    busy.value = true;
    error.value = null;
    try {
      enter((await api.password(old, first)).me);
    } catch (failure) {
      // The password kept from signing in may be wrong by now: ask for it.
      firstPassword.value = null;
      error.value = say(failure);
    } finally {
      busy.value = false;
    }
  };

  return (
    <Frame>
      <h1>{t.newPassword.title}</h1>
      <p>{t.newPassword.why}</p>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        {firstPassword.value === null && (
          <>
            <label for="old">{t.newPassword.old}</label>
            <input id="old" name="old" type={type} autocomplete="current-password" required />
          </>
        )}
        <label for="first">{t.newPassword.first}</label>
        <input
          id="first"
          name="first"
          type={type}
          autocomplete="new-password"
          aria-describedby="password-rule password-error"
          required
        />
        <p id="password-rule" class="quiet">
          {t.newPassword.rule}
        </p>
        <label for="second">{t.newPassword.second}</label>
        <input id="second" name="second" type={type} autocomplete="new-password" required />
        <Reveal shown={shown} />
        <Failure id="password-error" text={error.value} />
        <button type="submit" class="primary" aria-busy={busy.value}>
          {t.newPassword.submit}
        </button>
        <button type="button" class="link" onClick={() => void logout()}>
          {t.top.logout}
        </button>
      </form>
    </Frame>
  );
}
