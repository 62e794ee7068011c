// What waits for somebody in this dossier, and what is watched: the nearest first.
import { dateOf } from "../time";
import { view } from "./draft";
import { TODO, w } from "./words";

export function ToDo() {
  const told = view.value;
  if (!told?.todo.length) return null;
  const platform = (id: string) => told.case.notices.find((one) => one.id === id)?.platform ?? "";
  return (
    <fieldset>
      <legend>{w.todo.title}</legend>
      <ul class="steps">
        {told.todo.map((one) => (
          <li key={one.notice + one.why}>
            {TODO[one.why]} ({platform(one.notice)}){" "}
            {one.due ? (
              <span class="mark danger">{w.todo.now}</span>
            ) : (
              <span class="quiet">{w.todo.from(dateOf(one.at))}</span>
            )}
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
