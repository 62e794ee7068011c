// The figures of a period: each table, with its chart, and the same as files.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, say } from "../api";
import { Failure } from "../parts";
import { Columns } from "./chart";
import type { Report, Table } from "./types";
import { count, masked, w, wait } from "./words";

const pad = (n: number) => String(n).padStart(2, "0");
const thisMonth = (): string => {
  const today = new Date();
  return `${today.getFullYear()}-${pad(today.getMonth() + 1)}`;
};

export function Figures() {
  const by = useSignal<"month" | "days">("month");
  const month = useSignal(thisMonth());
  const from = useSignal("");
  const until = useSignal("");
  const report = useSignal<Report | null>(null);
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);

  const period = () => (by.value === "month" ? month.value : `${from.value}..${until.value}`);
  const asked = useSignal(period());

  const show = async () => {
    if (busy.value) return;
    const wanted = period();
    busy.value = true;
    error.value = null;
    try {
      report.value = await call<Report>("GET", `figures?period=${encodeURIComponent(wanted)}`);
      asked.value = wanted;
    } catch (failure) {
      error.value = say(failure);
    }
    busy.value = false;
  };
  useEffect(() => void show(), []);

  const file = (kind: string) => `/console/api/figures${kind}?period=${encodeURIComponent(asked.value)}`;
  const told = report.value;
  return (
    <div class="figures">
      <form
        class="period"
        onSubmit={(event) => {
          event.preventDefault();
          void show();
        }}
      >
        <label>
          {w.period}
          <select
            value={by.value}
            onChange={(event) => {
              by.value = event.currentTarget.value === "days" ? "days" : "month";
            }}
          >
            <option value="month">{w.month}</option>
            <option value="days">{w.days}</option>
          </select>
        </label>
        {by.value === "month" ? (
          <Field name={w.month} type="month" at={month} />
        ) : (
          <>
            <Field name={w.from} type="date" at={from} />
            <Field name={w.until} type="date" at={until} />
          </>
        )}
        <button type="submit" class="primary" aria-busy={busy.value}>
          {w.show}
        </button>
      </form>
      <Failure text={error.value} />
      {told === null ? (
        <p class="quiet" role="status">
          {error.value ? "" : w.loading}
        </p>
      ) : (
        <>
          <div class="summary-line">
            <h3>{told.title}</h3>
            <p role="status">
              <b>{told.total === null ? w.few(told.threshold) : w.conversations(told.total)}</b>
            </p>
            <p class="files">
              <a href={file(".csv")} download>
                {w.csv}
              </a>
              <a href={file(".pdf")} download>
                {w.pdf}
              </a>
              <a href={file("/errors.csv")} download>
                {w.errors}
              </a>
            </p>
          </div>
          {told.total !== 0 && (
            <div class="tables">
              {told.tables.map((table) => (
                <Numbers key={table.name} table={table} />
              ))}
            </div>
          )}
          <p class="quiet">{w.note(told.threshold)}</p>
        </>
      )}
    </div>
  );
}

function Field(props: { name: string; type: "month" | "date"; at: { value: string } }) {
  return (
    <label>
      {props.name}
      <input
        type={props.type}
        required
        value={props.at.value}
        onInput={(event) => {
          props.at.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

function Numbers({ table }: { table: Table }) {
  const one = table.columns.length === 1;
  const most = Math.max(1, ...table.rows.map((row) => row.cells[0] ?? 0));
  const id = `table-${table.name}`;
  const grid = (
    <div class="scroll" role="region" aria-labelledby={id} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="sr">{table.title}</span>
            </th>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                <bdi>{row.label}</bdi>
                {one && !table.ordered && (
                  <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect width={(100 * (row.cells[0] ?? 0)) / most} height="4" />
                  </svg>
                )}
              </th>
              {row.cells.map((cell, n) => (
                <td key={table.columns[n]} class={cell === null ? "masked" : ""}>
                  {shown(cell, table)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
  return (
    <section class={table.ordered ? "wide" : ""}>
      <h4 id={id}>{table.title}</h4>
      {table.ordered ? (
        <>
          <Columns table={table} />
          <details>
            <summary>{w.asTable}</summary>
            {grid}
          </details>
        </>
      ) : (
        grid
      )}
    </section>
  );
}

function shown(cell: number | null, table: Table): string {
  if (cell === null) return table.unit === "seconds" ? w.tooFew : masked;
  return table.unit === "seconds" ? wait(cell) : count(cell);
}
