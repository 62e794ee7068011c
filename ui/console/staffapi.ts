// Requests about accounts, second factors, sessions and the audit: see docs/console-api.md.
import { call } from "./api";
import type { Me } from "./types";

export interface SecondStep {
  account: string;
  ticket: string;
  totp: boolean;
  /** What a security key is asked; null: the account has none for this address. */
  key: PublicKeyCredentialRequestOptionsJSON | null;
}

/** Who signed in, or what is still missing. */
export type Admitted = { me: Me; second?: undefined } | { second: SecondStep; me?: undefined };

export interface Factors {
  totp: boolean;
  keys: { id: string; label: string; added_at: string }[];
  recovery_left: number;
}

export type Added = Factors & { codes: string[]; me: Me };

export interface SessionView {
  id: string;
  device: string;
  since: string;
  seen_at: string;
  here: boolean;
}

export type Role = Me["role"];

export interface Account {
  id: string;
  login: string;
  name: string;
  role: Role;
  disabled: boolean;
  invited_until: string | null;
  second_factor: boolean;
  must_enrol: boolean;
  created_at: string;
}

export interface Entry {
  seq: number;
  at: string;
  verb: string;
  actor: string | null;
  actor_name: string | null;
  conversation: string | null;
  object: string | null;
  object_name: string | null;
  reason: string | null;
  details: Record<string, string>;
  readable: boolean;
}

interface Changed {
  account: Account;
  invitation?: string;
}

const post = <T>(path: string, body: object = {}) => call<T>("POST", path, body);
const account = (id: string, verb: string) => `accounts/${encodeURIComponent(id)}/${verb}`;

export const staffApi = {
  second: (step: SecondStep, proof: { code: string } | { credential: unknown }) =>
    post<{ me: Me }>("login/second", { account: step.account, ticket: step.ticket, ...proof }),
  invitation: (token: string) => post<{ login: string; name: string }>("invitation", { token }),
  accept: (token: string, password: string) => post<Admitted>("invitation/accept", { token, password }),

  factors: () => call<Factors>("GET", "factors"),
  newApplication: (password: string) =>
    post<{ secret: string; picture: string; ticket: string }>("factors/totp", { password }),
  confirmApplication: (secret: string, ticket: string, code: string) =>
    post<Added>("factors/totp/confirm", { secret, ticket, code }),
  newKey: (password: string) =>
    post<{ options: PublicKeyCredentialCreationOptionsJSON; ticket: string }>("factors/keys", { password }),
  confirmKey: (ticket: string, credential: unknown, label: string) =>
    post<Added>("factors/keys/confirm", { ticket, credential, label }),
  removeFactor: (which: string, password: string) => post<Factors>("factors/remove", { which, password }),
  newCodes: (password: string) => post<Factors & { codes: string[] }>("factors/recovery", { password }),

  sessions: () => call<{ sessions: SessionView[] }>("GET", "sessions"),
  endSession: (id: string) => post<null>("sessions/end", { id }),

  accounts: () => call<{ accounts: Account[] }>("GET", "accounts"),
  invite: (login: string, name: string, role: Role) =>
    post<{ account: Account; invitation: string }>("accounts", { login, name, role }),
  change: (id: string, verb: string, body: object = {}) => post<Changed>(account(id, verb), body),
  sessionsOf: (id: string) => call<{ sessions: SessionView[] }>("GET", account(id, "sessions")),

  audit: (query: Record<string, string>) =>
    call<{ entries: Entry[]; next: number | null }>("GET", `audit?${new URLSearchParams(query).toString()}`),
};
