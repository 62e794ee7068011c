// A second person's word on a dossier: approved, or what is to be corrected.
import { useSignal } from "@preact/signals";
import { dateOf } from "../time";
import { removals } from "./api";
import { act, view } from "./draft";
import { w } from "./words";

export function Review() {
  const remarks = useSignal("");
  const told = view.value;
  if (!told) return null;
  const said = told.case.review;
  const give = (approved: boolean) => () =>
    void act((id) => removals.move(id, "review", { approved, text: remarks.value })).then((done) => {
      if (done) remarks.value = "";
    });
  return (
    <fieldset>
      <legend>{w.review.title}</legend>
      {!said && <p class="quiet">{w.review.none}</p>}
      {said &&
        (said.approved ? (
          <p>{w.review.approved(dateOf(said.at))}</p>
        ) : (
          <p class="failure" role="status">{w.review.against(dateOf(said.at), said.remarks)}</p>
        ))}
      {told.may_review ? (
        <>
          <label>
            {w.review.remarks}
            <textarea rows={2} maxLength={2000} value={remarks.value}
              onInput={(e) => { remarks.value = e.currentTarget.value; }} />
          </label>
          <div class="inline">
            <button type="button" class="secondary" onClick={give(true)}>{w.review.approve}</button>
            <button type="button" class="secondary" disabled={!remarks.value.trim()} onClick={give(false)}>{w.review.refuse}</button>
          </div>
        </>
      ) : (
        <p class="quiet">{w.review.yours}</p>
      )}
    </fieldset>
  );
}
