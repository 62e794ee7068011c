// What few open: the frame is here, the inside a script of its own, fetched with the first.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PARTS } from "./aftercare/aftercare";
import { Modal } from "./modal";
import { t } from "./strings";
import type { Message, Summary } from "./types";

type Dialog = keyof typeof t.aftercare.title;

export interface AftercareProps {
  name: Dialog | "line" | "half";
  summary: Summary | undefined;
  /** What was said, where this page has it though the conversation is somebody else's. */
  messages?: readonly Message[] | undefined;
}

const parts = signal<typeof PARTS | null>(null);
const broken = signal(false);

async function load(): Promise<void> {
  broken.value = false;
  try {
    parts.value ??= (await import("./aftercare/aftercare")).PARTS;
  } catch {
    broken.value = true;
  }
}

export function Aftercare(props: AftercareProps) {
  useEffect(() => void load(), []);
  const Part = parts.value?.[props.name];
  if (Part) return <Part {...props} />;
  return (
    <>
      <p role="status">{broken.value ? t.errors.network : t.signIn.loading}</p>
      {broken.value && (
        <button type="button" class="secondary" onClick={() => void load()}>
          {t.signIn.retry}
        </button>
      )}
    </>
  );
}

export function AftercareDialog(props: AftercareProps & { name: Dialog }) {
  return (
    <Modal title={t.aftercare.title[props.name]} name="aftercare">
      <Aftercare {...props} />
    </Modal>
  );
}
