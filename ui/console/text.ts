// Offsets from the server count Unicode code points; JavaScript strings count UTF-16 units.
import type { Reason, Urgency } from "./types";

export const RANK: Record<Urgency, number> = { faible: 0, moderee: 1, elevee: 2, critique: 3 };

export interface Segment {
  text: string;
  /** The reasons that cover it, the most urgent first. */
  reasons: Reason[];
}

export const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

/** The words between two code point offsets. */
export const excerpt = (text: string, start: number, end: number): string =>
  [...text].slice(Math.max(0, start), Math.max(0, end)).join("");

/** Cut a text where reasons begin and end. Overlaps are kept; offsets outside the text are cut off. */
export function segments(text: string, reasons: readonly Reason[]): Segment[] {
  const points = [...text];
  const inside = reasons
    .map((reason) => ({
      reason,
      start: Math.max(0, reason.start),
      end: Math.min(points.length, reason.end),
    }))
    .filter(({ start, end }) => start < end);
  if (!inside.length) return text ? [{ text, reasons: [] }] : [];
  const cuts = [...new Set([0, points.length, ...inside.flatMap(({ start, end }) => [start, end])])];
  cuts.sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, i) => {
    const to = cuts[i + 1] ?? points.length;
    return {
      text: points.slice(from, to).join(""),
      reasons: inside
        .filter(({ start, end }) => start <= from && to <= end)
        .map(({ reason }) => reason)
        .sort((a, b) => RANK[b.urgency] - RANK[a.urgency]),
    };
  });
}

export const clip = (text: string, length: number): string => {
  const points = [...text.replace(/\s+/g, " ").trim()];
  return points.length > length ? `${points.slice(0, length - 1).join("").trimEnd()}…` : points.join("");
};

// Marks that turn the reading direction, and what no name needs: "photo\u202Egpj.exe" must not look
// like a picture.
const UNPRINTED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A file's name as text of one line. The end stays, since it tells what the file is. */
export function fileName(name: string | null): string {
  const points = [...(name ?? "").replace(UNPRINTED, "").replace(/[/\\]/g, "_").trim()];
  return points.length > 60 ? `${points.slice(0, 40).join("")}…${points.slice(-19).join("")}` : points.join("");
}
