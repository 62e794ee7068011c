// What was typed in a dialog, and would be lost with it.
import { useSignal } from "@preact/signals";
import type { TargetedEvent } from "preact";
import { useRef } from "preact/hooks";
import { t } from "./strings";

type Field = HTMLInputElement | HTMLTextAreaElement;
/** A field that keeps its words by itself (drafts.ts) is marked `data-kept`: nothing of it is lost. */
const WORDS = ":is(textarea, input:not([type=checkbox], [type=radio])):not([data-kept])";

/** Escape, or a click beside the dialog, loses nothing that was typed: the first time it asks. */
export function useUnsaid() {
  const asks = useSignal(false);
  const typed = useRef(new Set<Field>());
  const holds = () => {
    if (asks.value) return false;
    asks.value = [...typed.current].some((one) => one.isConnected && one.value.trim());
    return asks.value;
  };
  return {
    holds,
    onInput: (event: TargetedEvent<HTMLDialogElement>) => {
      const field = event.target as Element;
      if (field.matches(WORDS) && !field.closest("[role=search]")) typed.current.add(field as Field);
      asks.value = false;
    },
    question: asks.value && (
      <p class="notice" role="alert">
        {t.unsaid}
      </p>
    ),
  };
}
