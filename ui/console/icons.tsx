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
  question: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4m0 3.4v.3M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-14v5l3.5 2",
  ear: "M7 9.5a5.5 5.5 0 1 1 10.2 2.8c-1.2 2-2.7 2.3-3.2 4.7-.4 2-1.5 3.5-3.3 3.5a3 3 0 0 1-2.8-2M9.8 9.5a2.4 2.4 0 1 1 3.6 2.1",
  eye: "M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12Zm10 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  file: "M6 3h8l4 4v14H6V3Zm8 0v4h4M9 12h6m-6 4h6",
  eraser: "M9 20h11M4.5 14.5 14 5l6 6-9 9H8l-3.5-3.5a1.4 1.4 0 0 1 0-2Z",
  web: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c-5 5.5-5 12.5 0 18 5-5.5 5-12.5 0-18Z",
  whatsapp: "M4 20.5 5.3 16A8.5 8.5 0 1 1 8.5 19.3L4 20.5Zm5-11.5c0 3.5 2.5 6 6 6",
  messenger: "M12 3.5c5 0 9 3.5 9 8s-4 8-9 8c-1 0-2-.2-3-.5L5 21v-3.8c-1.3-1.4-2-3.5-2-5.7 0-4.5 4-8 9-8ZM7 13.5l3.5-3.5 3 2.5 3.5-2.5",
  instagram: "M8 3.5h8A4.5 4.5 0 0 1 20.5 8v8a4.5 4.5 0 0 1-4.5 4.5H8A4.5 4.5 0 0 1 3.5 16V8A4.5 4.5 0 0 1 8 3.5Zm4 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm5-8.5v.1",
  telegram: "M3 11.5 21 4l-3 16-6-4.5-3 3v-5l8-7-11 6-3-1Z",
  telephone: "M6 3h3.5l1.5 5-2.5 1.5c1 2.5 3.5 5 6 6L16 13l5 1.5V18c0 1.7-1.3 3-3 3C10 21 3 14 3 6c0-1.7 1.3-3 3-3Z",
  talk: "M4 5h16v11H10l-5 4v-4H4V5Z",
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
