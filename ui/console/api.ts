// One function for every request. It tells apart "refused" (ApiError) and "no answer" (NoAnswer):
// after the second, the server may have done what was asked.
import { t } from "./strings";
import type { Detail, Me, Message, Outcome, Summary } from "./types";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class NoAnswer extends Error {
  constructor() {
    super(t.errors.network);
  }
}

const TIMEOUT = 15_000;

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`/console/api/${path}`, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    text = await response.text();
  } catch {
    throw new NoAnswer();
  }
  let data: unknown = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    // A proxy's page: the status says enough.
  }
  if (response.ok) {
    if (data === null && response.status !== 204) throw new NoAnswer();
    return data as T;
  }
  const error = (data as { error?: { code?: string; message?: string } } | null)?.error;
  const fallback =
    response.status === 429 ? t.errors.tooMany : response.status >= 500 ? t.errors.server : t.errors.generic;
  throw new ApiError(response.status, error?.code ?? "", error?.message || fallback);
}

const of = (id: string) => `conversations/${encodeURIComponent(id)}`;

export const api = {
  me: () => call<{ me: Me }>("GET", "me"),
  login: (login: string, password: string) => call<{ me: Me }>("POST", "login", { login, password }),
  logout: () => call<null>("POST", "logout", {}),
  password: (old: string, fresh: string) =>
    call<{ me: Me }>("POST", "password", { old, new: fresh }),
  claimNext: () => call<Detail>("POST", "claim", {}),
  claim: (id: string) => call<Detail>("POST", `${of(id)}/claim`, {}),
  detail: (id: string) => call<Detail>("GET", of(id)),
  reply: (id: string, cid: string, text: string, seen: number) =>
    call<{ message: Message }>("POST", `${of(id)}/reply`, { cid, text, seen }),
  close: (id: string, outcome: Outcome, seen: number) =>
    call<{ summary: Summary }>("POST", `${of(id)}/close`, { outcome, seen }),
};

/** The server's French words for a refusal, ours when there was no answer. */
export const say = (error: unknown): string =>
  error instanceof ApiError || error instanceof NoAnswer ? error.message : t.errors.generic;
