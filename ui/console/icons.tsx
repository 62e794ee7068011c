// Line icons, drawn as elements. Always beside a word, so hidden from screen readers.
import type { Urgency } from "./types";

const PATHS = {
  bell: "M6 9a6 6 0 1 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7Zm4 10a2 2 0 0 0 4 0",
  bot: "M5 9h14v10H5zM12 9V5m-3 8.5v1m6-1v1M2.5 13v3m19-3v3",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c0-4 3-6 7-6s7 2 7 6",
  alarm: "M12 3 2 20.5h20L12 3Zm0 6.5v5m0 2.6v.4",
  offline: "M3 3l18 18M8.5 15.5a5 5 0 0 1 7 0M5 12a10 10 0 0 1 4-2.4m6 0a10 10 0 0 1 4 2.4M12 19h.01",
  back: "M15 5l-7 7 7 7",
  down: "M5 9l7 7 7-7",
  send: "M4 12 20 4l-5 16-3-7-8-1Z",
  link: "M7 17 17 7m0 0H9m8 0v8",
  check: "M5 12.5l4.5 4.5L19 7",
  pin: "M8 4h8M9.5 4v6L7 13.5h10L14.5 10V4M12 13.5V20",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Four levels, four shapes: full octagon, full triangle, half diamond, empty circle. */
export function UrgencyIcon({ level }: { level: Urgency }) {
  return (
    <svg class="icon urgency-icon" viewBox="0 0 24 24" aria-hidden="true">
      {level === "critique" && (
        <>
          <path class="full" d="M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9L7.9 2Z" />
          <path class="hole" d="M12 6.5v7m0 3.4v.4" />
        </>
      )}
      {level === "elevee" && (
        <>
          <path class="full" d="M12 2.5 1.8 21h20.4L12 2.5Z" />
          <path class="hole" d="M12 9v5.5m0 3v.3" />
        </>
      )}
      {level === "moderee" && (
        <>
          <path d="M12 3 21 12l-9 9-9-9 9-9Z" />
          <path class="full" d="M12 3v18l-9-9 9-9Z" />
        </>
      )}
      {level === "faible" && <circle cx="12" cy="12" r="8" />}
    </svg>
  );
}
