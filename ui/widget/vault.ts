// What the tab remembers: the token, the draft, and messages not yet acknowledged. sessionStorage
// dies with the tab; where a browser refuses it, memory dies with the page. Nothing else is ever used.

import type { Outgoing } from "./protocol";

const PREFIX = "relais.";
const memory = new Map<string, string>();
let sealed = false;

function read(name: string): string | null {
  try {
    return sessionStorage.getItem(PREFIX + name) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

function write(name: string, value: string | null): void {
  if (sealed) return;
  memory.delete(name);
  try {
    if (value) sessionStorage.setItem(PREFIX + name, value);
    else sessionStorage.removeItem(PREFIX + name);
  } catch {
    if (value) memory.set(name, value);
  }
}

export interface Unsent extends Outgoing {
  at: string;
  refusal: string;
}

export const vault = {
  get token(): string | null {
    return read("token");
  },
  set token(value: string | null) {
    write("token", value);
  },
  get draft(): string {
    return read("draft") ?? "";
  },
  set draft(value: string) {
    write("draft", value);
  },
  get outbox(): Unsent[] {
    try {
      const kept = JSON.parse(read("outbox") ?? "[]") as Unsent[];
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  },
  set outbox(value: Unsent[]) {
    write("outbox", value.length ? JSON.stringify(value) : null);
  },
  /** Erases everything; a late answer of the server can then write nothing back. */
  wipe(): void {
    sealed = true;
    memory.clear();
    try {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
      }
    } catch {
      // No storage: nothing was kept there.
    }
  },
};

/** An id the server will accept, made without a secure context. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
