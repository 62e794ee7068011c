// A page that stayed open over an upgrade of the gateway: it goes on, and asks to be loaded anew.
import { signal } from "@preact/signals";
import { Icon } from "./icons";

const words = {
  label: "Nouvelle version",
  text: "La console a été mise à jour. Rechargez la page quand vous pouvez : vos brouillons sont gardés.",
  reload: "Recharger",
};

const own = document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content;
const newer = signal(false);

/** The server says which pages it gives out. */
export function heardOf(build: string | undefined): void {
  newer.value = Boolean(own && build && build !== own);
}

export function Newer() {
  return (
    <div class="offline" role="status" aria-label={words.label}>
      {newer.value && (
        <p>
          <Icon name="alarm" />
          <span>{words.text}</span>
          <button type="button" onClick={() => location.reload()}>
            {words.reload}
          </button>
        </p>
      )}
    </div>
  );
}
