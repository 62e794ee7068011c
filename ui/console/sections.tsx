// The parts of the console beside the desk, and who may see them. A new part is one more entry.
import { batch, effect } from "@preact/signals";
import type { ComponentType } from "preact";
import { AuditLog } from "./audit";
import { OwnAccount } from "./account";
import { Accounts } from "./accounts";
import { removing } from "./removing";
import { s } from "./staffstrings";
import { can, openId } from "./store";
import { supervising } from "./supervise";
import { section } from "./view";

// One page at a time; whoever opens a conversation, from an alarm for one, wants to see it.
effect(() => {
  if (supervising.value || removing.value !== undefined || openId.value) section.value = "desk";
});

interface Section {
  id: string;
  name: string;
  /** null: for every account. */
  needs: string | null;
  /** null: the desk itself. */
  view: ComponentType | null;
}

const SECTIONS: readonly Section[] = [
  { id: "desk", name: s.sections.desk, needs: "answer", view: null },
  { id: "accounts", name: s.sections.accounts, needs: "manage_accounts", view: Accounts },
  { id: "audit", name: s.sections.audit, needs: "read_audit", view: AuditLog },
  { id: "own", name: s.sections.own, needs: null, view: OwnAccount },
];

const shown = () => SECTIONS.filter((one) => one.needs === null || can(one.needs));

/** The part on screen: the one that was chosen, if it may be seen. */
export const current = (): Section | undefined =>
  shown().find((one) => one.id === section.value) ?? shown()[0];

function choose(id: string): void {
  batch(() => {
    supervising.value = false;
    removing.value = undefined;
    section.value = id;
  });
}

export function Sections() {
  // The supervisors' page and the dossiers have buttons of their own.
  const elsewhere = supervising.value || removing.value === null;
  const here = elsewhere ? undefined : current();
  return (
    <nav class="sections" aria-label={s.sections.label}>
      {shown().map((one) => (
        <button
          key={one.id}
          type="button"
          class="plain"
          aria-current={one.id === here?.id ? "page" : undefined}
          onClick={() => {
            choose(one.id);
          }}
        >
          {one.name}
        </button>
      ))}
    </nav>
  );
}
