// Coming back: five words to note, and the field to type them into.

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "./store";
import { S } from "./strings";
import { words } from "./words-more";

/** One answer of the server: a value of it, or the words that say why there is none. */
async function fetched(chat: Chat, path: string, body: object, field: string): Promise<[string, string]> {
  const M = words(chat);
  try {
    const answer = await chat.ask(path, body);
    const said = (await answer.json()) as Record<string, unknown> & { error?: { code?: string; message?: string } };
    const value = said[field];
    return answer.ok && typeof value === "string" ? [value, ""] : ["", S.errors[said.error?.code ?? ""] ?? said.error?.message ?? M.offline];
  } catch {
    return ["", M.offline];
  }
}

export function Code({ chat }: { chat: Chat }): JSX.Element {
  const M = words(chat);
  const [code, setCode] = useState("");
  const list = useRef<HTMLOListElement>(null);
  // The button that was tapped stood below where they are now.
  useLayoutEffect(() => list.current?.scrollIntoView({ block: "nearest" }), [code]);
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    const [made, why] = await fetched(chat, "web/code", {}, "code");
    setBusy(false);
    setCode(made);
    setTrouble(why);
  };
  return (
    <>
      {code ? (
        <div role="status">
          <ol class="words" ref={list} aria-label={M.codeList}>
            {code.split(" ").map((word) => (
              <li key={word}>{word}</li>
            ))}
          </ol>
          <p>{M.codeNote}</p>
        </div>
      ) : (
        M.codeWhy.map((line) => <p key={line}>{line}</p>)
      )}
      <Trouble text={trouble} />
      <button
        type="button"
        class="main"
        disabled={busy}
        onClick={code ? () => (chat.page.value = null) : () => void make()}
      >
        {code ? M.codeDone : M.codeMake}
      </button>
    </>
  );
}

export function Back({ chat }: { chat: Chat }): JSX.Element {
  const M = words(chat);
  const [typed, setTyped] = useState("");
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!typed.trim() || busy) return;
    setBusy(true);
    const [token, why] = await fetched(chat, "web/return", { code: typed }, "token");
    setBusy(false);
    setTrouble(why);
    if (token) chat.comeBack(token);
  };
  return (
    <form onSubmit={(event) => void go(event)}>
      <label>
        {M.backField}
        <input
          type="text"
          value={typed}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="return-hint"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <p id="return-hint">{M.backHint}</p>
      <Trouble text={trouble} />
      <button type="submit" class="main" disabled={busy}>
        {M.backGo}
      </button>
    </form>
  );
}

export function Trouble({ text }: { text: string }): JSX.Element {
  return (
    <p class="trouble" role="alert">
      {text}
    </p>
  );
}
