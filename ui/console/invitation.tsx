// Accepting an invitation. The token stands behind the `#`, which no server is told, and leaves the
// address bar and the history at once.
import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, say } from "./api";
import { Failure } from "./parts";
import { Second } from "./secondstep";
import { Frame, kind, Reveal, SHORTEST } from "./signin";
import { type SecondStep, staffApi } from "./staffapi";
import { s } from "./staffstrings";
import { enter } from "./store";
import { t } from "./strings";

const MARK = "#invitation=";

/** The token of the link this page was opened with, until it is accepted or given up. */
export const invitation = signal<string | null>(taken());

function taken(): string | null {
  if (!location.hash.startsWith(MARK)) return null;
  const token = location.hash.slice(MARK.length);
  history.replaceState(null, "", location.pathname);
  return token;
}
// A link may be opened in a tab that shows the console already.
addEventListener("hashchange", () => {
  invitation.value = taken() ?? invitation.value;
});

export function Invitation({ token }: { token: string }) {
  const form = useRef<HTMLFormElement>(null);
  const whose = useSignal<{ login: string; name: string } | null>(null);
  const over = useSignal(false);
  const step = useSignal<SecondStep | null>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const shown = useSignal(false);

  const fail = (failure: unknown) => {
    if (failure instanceof ApiError && failure.code === "bad_invitation") over.value = true;
    else error.value = say(failure);
  };
  useEffect(() => {
    staffApi.invitation(token).then((found) => {
      whose.value = found;
    }, fail);
  }, [token]);
  useEffect(() => form.current?.querySelector<HTMLElement>("[name=first]")?.focus(), [whose.value]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value || !form.current) return;
    const data = new FormData(form.current);
    const first = String(data.get("first") ?? "");
    error.value = [...first].length < SHORTEST ? t.newPassword.short : null;
    if (error.value === null && first !== data.get("second")) error.value = t.newPassword.differ;
    if (error.value !== null) return;
    busy.value = true;
    try {
      const admitted = await staffApi.accept(token, first);
      if (admitted.second) step.value = admitted.second;
      else leave(() => enter(admitted.me));
    } catch (failure) {
      fail(failure);
    } finally {
      busy.value = false;
    }
  };

  const leave = (then: () => void) => {
    then();
    invitation.value = null;
  };

  if (step.value)
    return (
      <Second
        step={step.value}
        entered={(who) => leave(() => enter(who))}
        back={() => leave(() => undefined)}
      />
    );
  if (over.value)
    return (
      <Frame>
        <h1>{s.invitation.over}</h1>
        <p role="alert">{s.invitation.overWhy}</p>
        <button type="button" class="primary" onClick={() => leave(() => undefined)}>
          {s.invitation.signIn}
        </button>
      </Frame>
    );
  if (!whose.value)
    return (
      <Frame>
        <h1>{t.newPassword.title}</h1>
        <p class="quiet" role="status">
          {error.value ?? t.signIn.loading}
        </p>
      </Frame>
    );
  return (
    <Frame>
      <h1>{s.invitation.title(whose.value.name)}</h1>
      <p>{s.invitation.why(whose.value.login)}</p>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        {/* So that a password manager knows whose password it keeps. */}
        <input type="text" name="login" autocomplete="username" value={whose.value.login} readOnly hidden />
        <label for="first">{t.newPassword.first}</label>
        <input
          id="first"
          name="first"
          type={kind(shown.value)}
          autocomplete="new-password"
          aria-describedby="password-rule invitation-error"
          required
        />
        <p id="password-rule" class="quiet">
          {t.newPassword.rule}
        </p>
        <label for="second">{t.newPassword.second}</label>
        <input id="second" name="second" type={kind(shown.value)} autocomplete="new-password" required />
        <Reveal shown={shown} />
        <Failure id="invitation-error" text={error.value} />
        <button type="submit" class="primary" aria-busy={busy.value}>
          {s.invitation.submit}
        </button>
      </form>
    </Frame>
  );
}
