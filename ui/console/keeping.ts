// This tab's storage. What is kept here survives a reload; nothing survives a log-out.

const KEY = "relais.";

export function keep(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(KEY + name, JSON.stringify(value));
  } catch {
    // Storage full or forbidden: the console works, a reload loses what was typed.
  }
}

export function kept<T>(name: string, otherwise: T): T {
  try {
    const value = sessionStorage.getItem(KEY + name);
    return value === null ? otherwise : (JSON.parse(value) as T);
  } catch {
    return otherwise;
  }
}

export function wipe(): void {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(KEY)) sessionStorage.removeItem(key);
    }
  } catch {
    // Nothing could be stored, so nothing is left.
  }
}

export type Dict<T> = Readonly<Record<string, T>>;

export const without = <T>(dict: Dict<T>, key: string): Dict<T> => {
  const { [key]: _, ...rest } = dict;
  return rest;
};
