// The menu of prepared replies, above what is being written: a list, and what would be inserted.
import { useEffect, useRef } from "preact/hooks";
import "./ready.css";
import { type Address, filled, type Ready } from "./replies";
import { t } from "./strings";

interface Props {
  found: readonly Ready[];
  at: number;
  address: Address;
  error: string | null;
  loading: boolean;
  setAt: (at: number) => void;
  setAddress: (address: Address) => void;
  insert: (reply: Ready) => void;
  steer: (event: KeyboardEvent) => void;
}

export const optionId = (at: number): string => `ready-${at}`;

export function ReadyMenu({ found, at, address, error, loading, setAt, setAddress, insert, steer }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const chosen = found[at];
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <div class="ready">
      <div class="ready-head">
        <b>{t.ready.title}</b>
        <div role="group" aria-label={t.ready.address}>
          {(["tu", "vous"] as const).map((one) => (
            <button
              type="button"
              key={one}
              class="plain"
              aria-pressed={address === one}
              onClick={() => setAddress(one)}
            >
              {one}
            </button>
          ))}
        </div>
      </div>
      {error !== null ? (
        <p class="failure" role="alert">
          {error}
        </p>
      ) : (
        found.length === 0 && <p class="quiet">{loading ? t.ready.loading : t.ready.none}</p>
      )}
      {found.length > 0 && (
        <div class="ready-body">
          <ul
            id="ready-list"
            role="listbox"
            aria-label={t.ready.title}
            aria-activedescendant={optionId(at)}
            tabIndex={0}
            ref={list}
            onKeyDown={steer}
          >
            {found.map((one, i) => (
              <li
                key={one.id}
                id={optionId(i)}
                role="option"
                aria-selected={i === at}
                onPointerMove={() => setAt(i)}
                // The caret stays where the words go.
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => insert(one)}
              >
                <bdi>{one.name}</bdi>
              </li>
            ))}
          </ul>
          <div class="preview" role="region" aria-label={t.ready.preview} tabIndex={0} aria-live="polite">
            <bdi>{chosen && filled(chosen, address)}</bdi>
          </div>
        </div>
      )}
      <p class="quiet foot">{t.ready.hint}</p>
    </div>
  );
}
