// The person is writing: told again while they go on, and forgotten without another sign.
import { signal } from "@preact/signals";

/** The website's chat tells it every four seconds. */
const HOLDS = 6_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** The conversation whose person writes, of the one on screen. */
export const writing = signal<string | null>(null);

export function personWrites(id: string): void {
  clearTimeout(timer);
  writing.value = id;
  timer = setTimeout(() => personWrote(id), HOLDS);
}

/** Their message is there, or they stopped. */
export function personWrote(id: string): void {
  if (writing.value === id) writing.value = null;
}
