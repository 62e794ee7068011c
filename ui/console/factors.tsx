// Adding a second factor: an application, a key; and the recovery codes, shown once.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "./api";
import { Failure } from "./parts";
import { makeKey } from "./securitykey";
import { type Added, staffApi } from "./staffapi";
import { s } from "./staffstrings";
import { failed } from "./store";

interface Steps {
  /** Whether the password is asked for: not for the first factor of an account. */
  asked: boolean;
  done: (added: Added) => void;
  cancel: () => void;
}

export function PasswordAsked(props: {
  title: string;
  go: (password: string) => Promise<void>;
  cancel: () => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        void props.go(field.current?.value ?? "");
      }}
    >
      <p>
        <b>{props.title}</b>
      </p>
      <label for="own-password">{s.own.password}</label>
      <input
        ref={field}
        id="own-password"
        type="password"
        autocomplete="current-password"
        aria-describedby="own-password-why"
        required
      />
      <p id="own-password-why" class="quiet">
        {s.own.passwordWhy}
      </p>
      <Buttons submit={s.own.continue} cancel={props.cancel} />
    </form>
  );
}

export function NewApplication({ asked, done, cancel }: Steps) {
  const begun = useSignal<{ secret: string; ticket: string; drawn: string } | null>(null);
  const error = useSignal<string | null>(null);
  const code = useRef<HTMLInputElement>(null);

  const begin = async (password: string) => {
    error.value = null;
    try {
      const { secret, ticket, picture } = await staffApi.newApplication(password);
      const drawn = URL.createObjectURL(new Blob([picture], { type: "image/svg+xml" }));
      begun.value = { secret, ticket, drawn };
    } catch (failure) {
      failed(failure);
      error.value = say(failure);
    }
  };
  useEffect(() => {
    if (!asked) void begin("");
    return () => begun.value && URL.revokeObjectURL(begun.value.drawn);
  }, []);
  useEffect(() => code.current?.focus(), [begun.value]);

  const confirm = async (event: Event) => {
    event.preventDefault();
    if (!begun.value) return;
    error.value = null;
    try {
      const { secret, ticket } = begun.value;
      done(await staffApi.confirmApplication(secret, ticket, code.current?.value ?? ""));
    } catch (failure) {
      failed(failure);
      error.value = say(failure);
      code.current?.select();
    }
  };

  if (!begun.value)
    return (
      <>
        {asked && <PasswordAsked title={s.own.totp} go={begin} cancel={cancel} />}
        <Failure text={error.value} />
      </>
    );
  return (
    <form class="ask" onSubmit={(event) => void confirm(event)} noValidate>
      <p>
        <b>{s.own.totp}</b>
      </p>
      <p>{s.own.scan}</p>
      <img class="drawn" src={begun.value.drawn} alt={s.own.picture} />
      <p>
        {s.own.byHand} <code>{begun.value.secret.replaceAll(/(.{4})/g, "$1 ").trim()}</code>
      </p>
      <label for="new-code">{s.second.code}</label>
      <input
        ref={code}
        id="new-code"
        inputMode="numeric"
        autocomplete="one-time-code"
        aria-describedby="new-code-error"
      />
      <Failure id="new-code-error" text={error.value} />
      <Buttons submit={s.own.confirm} cancel={cancel} />
    </form>
  );
}

export function NewKey({ asked, done, cancel }: Steps) {
  const error = useSignal<string | null>(null);
  const label = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  useEffect(() => label.current?.focus(), []);

  const add = async (event: Event) => {
    event.preventDefault();
    error.value = null;
    try {
      const { options, ticket } = await staffApi.newKey(password.current?.value ?? "");
      const credential = await makeKey(options);
      if (credential) done(await staffApi.confirmKey(ticket, credential, label.current?.value ?? ""));
      else error.value = s.own.keyFailed;
    } catch (failure) {
      failed(failure);
      error.value = say(failure);
    }
  };
  return (
    <form class="ask" onSubmit={(event) => void add(event)} noValidate>
      <p>
        <b>{s.own.addKey}</b>
      </p>
      <label for="key-label">{s.own.keyLabel}</label>
      <input ref={label} id="key-label" maxLength={40} autocomplete="off" aria-describedby="key-label-hint" />
      <p id="key-label-hint" class="quiet">
        {s.own.keyLabelHint}
      </p>
      {asked && (
        <>
          <label for="key-password">{s.own.password}</label>
          <input ref={password} id="key-password" type="password" autocomplete="current-password" />
        </>
      )}
      <p class="quiet">{s.second.keyHint}</p>
      <Failure text={error.value} />
      <Buttons submit={s.own.continue} cancel={cancel} />
    </form>
  );
}

export function Codes(props: { heading: "h2" | "h3"; codes: readonly string[]; kept: () => void }) {
  const Heading = props.heading;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section class="block codes">
      <Heading ref={title} tabIndex={-1}>
        {s.own.codes}
      </Heading>
      <p>{s.own.codesWhy}</p>
      <ol>
        {props.codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <button type="button" class="primary" onClick={props.kept}>
        {s.own.codesKept}
      </button>
    </section>
  );
}

function Buttons({ submit, cancel }: { submit: string; cancel: () => void }) {
  return (
    <div class="buttons start">
      <button type="submit" class="primary">
        {submit}
      </button>
      <button type="button" class="secondary" onClick={cancel}>
        {s.own.cancel}
      </button>
    </div>
  );
}
