// The supervisors' page: loaded when it is first opened, so that listeners never wait for it.
import { useSignal } from "@preact/signals";
import { Figures } from "./figures";
import { Live } from "./live";
import "./supervision.css";
import { w } from "./words";

export default function Supervision({ back }: { back: () => void }) {
  const page = useSignal<"live" | "figures">("live");
  const tab = (name: "live" | "figures", words: string) => (
    <button
      type="button"
      class="plain"
      {...(page.value === name ? { "aria-current": "page" as const } : {})}
      onClick={() => {
        page.value = name;
      }}
    >
      {words}
    </button>
  );
  return (
    <main class="supervision" id="supervision" tabIndex={-1} aria-label={w.label}>
      <header>
        <h2>{w.label}</h2>
        <nav aria-label={w.label}>
          {tab("live", w.live)}
          {tab("figures", w.figures)}
        </nav>
        <button type="button" class="secondary" onClick={back}>
          {w.back}
        </button>
      </header>
      {page.value === "live" ? <Live /> : <Figures />}
    </main>
  );
}
