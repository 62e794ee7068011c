// The second step of signing in: a code, a recovery code, or a security key.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "./api";
import { Failure } from "./parts";
import { askKey, keysWork } from "./securitykey";
import { Frame } from "./signin";
import { type SecondStep, staffApi } from "./staffapi";
import { s } from "./staffstrings";
import type { Me } from "./types";

export function Second(props: { step: SecondStep; entered: (who: Me) => void; back: () => void }) {
  const { step } = props;
  const form = useRef<HTMLFormElement>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const withKey = step.key !== null && keysWork();

  useEffect(() => form.current?.querySelector<HTMLElement>(withKey ? ".key" : "input")?.focus(), [withKey]);

  const prove = async (proof: { code: string } | { credential: unknown }) => {
    busy.value = true;
    error.value = null;
    try {
      props.entered((await staffApi.second(step, proof)).me);
    } catch (failure) {
      error.value = say(failure);
      form.current?.querySelector("input")?.select();
    } finally {
      busy.value = false;
    }
  };

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value || !form.current) return;
    const code = String(new FormData(form.current).get("code") ?? "").trim();
    if (code) await prove({ code });
    else error.value = s.second.empty;
  };

  const touch = async () => {
    if (busy.value || !step.key) return;
    busy.value = true;
    const credential = await askKey(step.key);
    busy.value = false;
    if (credential) await prove({ credential });
    else error.value = s.second.keyFailed;
  };

  return (
    <Frame>
      <h1>{s.second.title}</h1>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        {withKey && (
          <>
            <button type="button" class="primary key" onClick={() => void touch()}>
              {s.second.key}
            </button>
            <p class="quiet">{s.second.keyHint}</p>
          </>
        )}
        {step.key !== null && !withKey && <p class="notice">{s.second.noKeys}</p>}
        <label for="code">{step.totp ? s.second.code : s.second.recovery}</label>
        <input
          id="code"
          name="code"
          autocomplete="one-time-code"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="code-hint second-error"
        />
        <p id="code-hint" class="quiet">
          {step.totp && `${s.second.codeHint} `}
          {s.second.orRecovery}
        </p>
        <Failure id="second-error" text={error.value} />
        <button type="submit" class={withKey ? "secondary" : "primary"} aria-busy={busy.value}>
          {busy.value ? s.second.busy : s.second.submit}
        </button>
        <button type="button" class="link" onClick={props.back}>
          {s.second.back}
        </button>
      </form>
    </Frame>
  );
}
