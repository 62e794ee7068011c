// A second person's word on a dossier: approved, or what is to be corrected.
import { dateOf } from "../time";
import { removals } from "./api";
import { act, jot, jotted, view } from "./draft";
import { w } from "./words";

export function Review() {
  const told = view.value;
  if (!told) return null;
  const of = `review ${told.case.id}`;
  const remarks = jotted(of);
  const said = told.case.review;
  const give = (approved: boolean) => () =>
    void act((id) => removals.move(id, "review", { approved, text: remarks })).then((done) => {
      if (done) jot(of, "");
    });
  return (
    <fieldset tabIndex={-1} data-rest data-where="review">
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
            <textarea rows={2} maxLength={2000} value={remarks}
              onInput={(e) => jot(of, e.currentTarget.value)} />
          </label>
          <div class="inline">
            <button type="button" class="secondary" onClick={give(true)}>{w.review.approve}</button>
            <button type="button" class="secondary" disabled={!remarks.trim()} onClick={give(false)}>{w.review.refuse}</button>
          </div>
        </>
      ) : (
        <p class="quiet">{w.review.yours}</p>
      )}
    </fieldset>
  );
}
