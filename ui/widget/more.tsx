// What is rarely needed, in a script of its own: it takes the place of the field to write in, so
// that the numbers and quick exit stay where they are.

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Back, Code } from "./code";
import css from "./more.css?inline";
import { Picture } from "./picture";
import type { Chat, Page } from "./store";
import { Icon } from "./view";
import { words } from "./words-more";

export { upload } from "./picture";
export { Survey } from "./survey";

/** Its styles, for the root that the chat stands in. */
export const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

export function Sheet({ chat }: { chat: Chat }): JSX.Element {
  const M = words(chat);
  const box = useRef<HTMLElement>(null);
  const page = chat.page.value ?? "menu";
  useLayoutEffect(() => {
    box.current?.querySelector<HTMLElement>("h2")?.focus();
  }, [page]);
  useLayoutEffect(() => {
    const root = box.current?.getRootNode() as ShadowRoot;
    // What had the focus is gone with its page: back to where it was opened.
    return () => queueMicrotask(() => root.querySelector<HTMLElement>(".plus")?.focus());
  }, []);
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Escape") chat.page.value = null;
  };
  return (
    <section class="sheet" ref={box} aria-labelledby="sheet" onKeyDown={key}>
      <div class="sheet-top">
        <h2 id="sheet" tabIndex={-1}>
          {M[page]}
        </h2>
        <button type="button" class="close" onClick={() => (chat.page.value = null)}>
          <Icon path="M6 6l12 12M18 6 6 18" />
          {M.close}
        </button>
      </div>
      {PAGES[page]({ chat })}
    </section>
  );
}

const PAGES: Record<Page, (props: { chat: Chat }) => JSX.Element> = {
  menu: (props) => <Menu {...props} />,
  code: (props) => <Code {...props} />,
  back: (props) => <Back {...props} />,
  picture: (props) => <Picture {...props} />,
};

function Menu({ chat }: { chat: Chat }): JSX.Element {
  const M = words(chat);
  const begun = chat.items.value.some((one) => one.from === "me" && one.sending === "kept");
  const open = begun && !chat.state.value.closed && !chat.lost.value;
  const deeds: [Page, string][] = open ? [["picture", M.menuPicture], ["code", M.menuCode]] : [["back", M.menuBack]];
  return (
    <>
      {!open && <p>{M.menuFirst}</p>}
      <ul class="menu">
        {deeds.map(([page, label]) => (
          <li key={page}>
            <button type="button" onClick={() => (chat.page.value = page)}>
              {label}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
