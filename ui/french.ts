// The spaces of French, set once where the words of a screen are gathered, so that a line never
// begins with ":" and a number never breaks. core/typography.py is the same rule for what is sent.

const NARROW = /(\S) (?=[?!;]+(?:\s|$))/g;
const WIDE = /(\S) (?=:(?:\s|$)|»)|(«) |(\d) (?=\d|(?:h|min|s|ans|Mo|Go|km|€|%)(?![\wÀ-ÿ]))|(\d h) (?=\d\d\b)/g;

const spaced = (text: string): string =>
  text.replace(NARROW, "$1\u202f").replace(WIDE, "$1$2$3$4\u00a0");

/** `words`, a text or any nest of texts and functions that say one, with their spaces set. */
export function french<T>(words: T): T {
  if (typeof words === "string") return spaced(words) as T;
  if (typeof words === "function") return ((...given: unknown[]) => french(words(...given))) as T;
  if (Array.isArray(words)) return words.map(french) as T;
  if (words === null || typeof words !== "object" || Object.getPrototypeOf(words) !== Object.prototype) return words;
  return Object.fromEntries(Object.entries(words).map(([name, one]) => [name, french(one)])) as T;
}
