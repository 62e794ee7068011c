// What still blocks a notice: said at the field itself, and the way there.
import { signal } from "@preact/signals";
import type { Problem } from "./api";
import { view } from "./draft";

/** The dossier somebody wanted to send: from then on its fields say what they lack, not before. */
const asked = signal<string | null>(null);

const OF_A_NOTICE = ["platform", "category", "targets", "details"];
export const isOfCase = (one: Problem) => !OF_A_NOTICE.includes(one.where.split(".")[0] ?? "");

function faultOf(where: string, codes?: readonly string[]): Problem | undefined {
  const told = view.value?.case;
  if (!told || asked.value !== told.id) return undefined;
  const here = (one: Problem) => one.where === where && (!codes || codes.includes(one.code));
  return told.notices.flatMap((one) => (one.state === "draft" ? one.problems : [])).find(here);
}

const idOf = (where: string) => `fault-${where}`;

/** Why a field of the dossier blocks, beside it. */
export function Fault({ where }: { where: string }) {
  const fault = faultOf(where);
  return fault ? (
    <small class="failure" id={idOf(where)}>
      {fault.text}
    </small>
  ) : null;
}

/** The same for a screen reader: what `where` lacks describes the field. */
export const described = (where: string) => (faultOf(where) ? { "aria-describedby": idOf(where) } : {});
/** And where the field itself is wrong, by `codes` if it shares its place with others. */
export const invalid = (where: string, codes?: readonly string[]) =>
  faultOf(where, codes) ? { ...described(where), "aria-invalid": true } : {};

const CONTROL = ":is(input, select, textarea, button, summary):not(:disabled)";

function controlOf(place: HTMLElement): HTMLElement {
  const wrong = place.querySelector<HTMLElement>('[aria-invalid="true"]') ?? place;
  return wrong.matches(CONTROL) ? wrong : (wrong.querySelector<HTMLElement>(CONTROL) ?? wrong);
}

/** Focus goes to what is missing, which says why; `notice`: the part of the page that lacks it. */
export function goTo(one: Problem, notice: HTMLElement | null): void {
  asked.value = view.value?.case.id ?? null;
  requestAnimationFrame(() => {
    const inside = isOfCase(one) ? document : notice;
    const path = one.where.split(".");
    for (let long = path.length; long > 0; long--) {
      const where = CSS.escape(path.slice(0, long).join("."));
      const place = inside?.querySelector<HTMLElement>(`[data-where="${where}"]`);
      if (!place) continue;
      const control = controlOf(place);
      control.focus();
      control.scrollIntoView({ block: "center" });
      return;
    }
  });
}
