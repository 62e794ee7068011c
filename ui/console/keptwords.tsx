import type { RefObject } from "preact";
import { draftOf, setDraft } from "./drafts";

interface KeptWordsProps {
  /** What they are about, and the draft's name (drafts.ts). */
  of: string;
  field: string;
  id: string;
  label: string;
  hint: string;
  rows: number;
  name?: string;
  box?: RefObject<HTMLTextAreaElement | null>;
  onKeyDown?: (event: KeyboardEvent) => void;
}

/** A field whose words are kept with every letter, with its label and hint. */
export function KeptWords({ of, field, id, label, hint, rows, name, box, onKeyDown }: KeptWordsProps) {
  return (
    <>
      <label for={id}>{label}</label>
      <textarea
        id={id}
        name={name}
        ref={box ?? null}
        rows={rows}
        maxLength={2000}
        aria-describedby={`${id}-hint`}
        value={draftOf(of, field)}
        onInput={(event) => setDraft(of, field, event.currentTarget.value)}
        onKeyDown={onKeyDown}
        data-kept
      />
      <small id={`${id}-hint`}>{hint}</small>
    </>
  );
}
