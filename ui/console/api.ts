// One function for every request. It tells apart "refused" (ApiError) and "no answer" (NoAnswer):
// after the second, the server may have done what was asked.
import type { Admitted } from "./staffapi";
import { t } from "./strings";
import type { ChannelState, Correction, Detail, Earlier, Hit, Me, Message, Outcome, Summary } from "./types";

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

/** `patience` in ms: after it, whether the server did what was asked is not known. */
export async function call<T>(
  method: "GET" | "POST" | "PUT",
  path: string,
  body?: unknown,
  patience = TIMEOUT,
): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`/console/api/${path}`, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
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

const FILE_TIMEOUT = 60_000;

/** The bytes of a file that somebody sent. */
export async function fetchFile(conversation: string, attachment: string): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(fileUrl(conversation, attachment), {
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(FILE_TIMEOUT),
    });
    if (response.ok) return await response.blob();
  } catch {
    throw new NoAnswer();
  }
  throw new ApiError(response.status, "", response.status === 404 ? t.file.gone : t.errors.generic);
}

export const fileUrl = (conversation: string, attachment: string): string =>
  `/console/api/${of(conversation)}/files/${encodeURIComponent(attachment)}`;

const of = (id: string) => `conversations/${encodeURIComponent(id)}`;

export const api = {
  me: () => call<{ me: Me }>("GET", "me"),
  login: (login: string, password: string) => call<Admitted>("POST", "login", { login, password }),
  logout: () => call<null>("POST", "logout", {}),
  password: (old: string, fresh: string) =>
    call<{ me: Me }>("POST", "password", { old, new: fresh }),
  channels: () => call<{ channels: ChannelState[] }>("GET", "channels"),
  claimNext: (cid: string) => call<Detail>("POST", "claim", { cid }),
  claim: (id: string) => call<Detail>("POST", `${of(id)}/claim`, {}),
  detail: (id: string) => call<Detail>("GET", of(id)),
  reply: (id: string, cid: string, text: string, seen: number) =>
    call<{ message: Message }>("POST", `${of(id)}/reply`, { cid, text, seen }),
  along: (id: string, after: number) => call<Detail>("GET", `${of(id)}/alongside?after=${after}`),
  invite: (id: string, to: string) => call<{ summary: Summary }>("POST", `${of(id)}/alongside`, { to }),
  leaveAlong: (id: string) => call<{ summary: Summary }>("POST", `${of(id)}/alongside/leave`, {}),
  typing: (id: string) => call<null>("POST", `${of(id)}/typing`, {}),
  search: (words: string) => call<{ hits: Hit[] }>("POST", "search", { words }),
  earlier: (id: string) => call<{ conversations: Earlier[]; withheld: number }>("GET", `${of(id)}/earlier`),
  triage: (id: string, said: Correction) => call<{ summary: Summary }>("POST", `${of(id)}/triage`, said),
  writer: (id: string, since: number | null, role?: string, age_band?: string | null) =>
    call<{ summary: Summary }>("POST", `${of(id)}/writer`, { since, role, age_band }),
  apart: (id: string) => call<{ messages: Message[] }>("GET", `${of(id)}/apart`),
  tags: () => call<{ tags: string[] }>("GET", "tags"),
  close: (id: string, outcome: Outcome, tags: readonly string[], seen: number) =>
    call<{ summary: Summary }>("POST", `${of(id)}/close`, { outcome, tags, seen }),
};

/** The server's French words for a refusal, ours when there was no answer. */
export const say = (error: unknown): string =>
  error instanceof ApiError || error instanceof NoAnswer ? error.message : t.errors.generic;
