// Fields to be copied into somebody else's form, one by one.
import { useSignal } from "@preact/signals";
import type { Field } from "./api";
import { w } from "./words";

interface Props {
  fields: Field[];
  /** Where that form is, and what the link is called. */
  help: string | null;
  name: string;
}

export function Copies({ fields, help, name }: Props) {
  const copied = useSignal(-1);
  return (
    <>
      {help && (
        <p>
          <a href={help} target="_blank" rel="noreferrer noopener">{name}</a>
        </p>
      )}
      <dl>
        {fields.map((field, i) => (
          <div key={field.label}>
            <dt>{field.label}</dt>
            <dd>
              <bdi>{field.value}</bdi>{" "}
              <button type="button" class="link" aria-label={`${w.notice.copy} : ${field.label}`}
                onClick={() => void navigator.clipboard.writeText(field.value).then(() => (copied.value = i))}>
                {copied.value === i ? w.notice.copied : w.notice.copy}
              </button>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
