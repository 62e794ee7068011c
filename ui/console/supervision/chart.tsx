// Moments as columns, drawn by uPlot. The same numbers stand in the table beside it.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Table } from "./types";

const HEIGHT = 180;
const dark = matchMedia("(prefers-color-scheme: dark)");

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function options(table: Table, width: number): uPlot.Options {
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const bars = uPlot.paths.bars;
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.6, table.rows.length - 0.4] }, y: { range: (_u, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 46,
        incrs: [1, 2, 3, 4, 6, 7, 12],
        values: (_u, splits) => splits.map((n) => table.rows[n]?.label ?? ""),
      },
      { ...axis, size: 44, space: 24, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
    ],
    series: [
      {},
      {
        fill: colour("--accent"),
        stroke: colour("--accent"),
        width: 0,
        points: { show: false },
        ...(bars ? { paths: bars({ size: [0.7, 60] }) } : {}),
      },
    ],
  };
}

/** Columns over time. Masked moments have none. For the eye only: readers have the table. */
export function Columns({ table }: { table: Table }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const node = place.current;
    if (!node) return;
    let plot: uPlot | undefined;
    const data: uPlot.AlignedData = [
      table.rows.map((_, n) => n),
      table.rows.map((row) => row.cells[0] ?? null),
    ];
    const draw = () => {
      plot?.destroy();
      plot = new uPlot(options(table, Math.max(200, node.clientWidth)), data, node);
    };
    draw();
    let width = node.clientWidth;
    const watch = new ResizeObserver(() => {
      if (node.clientWidth === width) return;
      width = node.clientWidth;
      plot?.setSize({ width: Math.max(200, width), height: HEIGHT });
    });
    watch.observe(node);
    dark.addEventListener("change", draw);
    return () => {
      watch.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [table]);
  return <div class="chart" ref={place} aria-hidden="true" />;
}
