// Focus never falls to nothing. A part marked `data-rest` takes it when what had it inside is taken
// away or switched off: a button that did its work, a field that was removed. The nearest such part
// that is still there is the one; of a <details>, its summary.

let last: Element | null = null;
let rests: Element[] = [];

const watcher = new MutationObserver(() => {
  const now = document.activeElement;
  // Whoever went elsewhere meanwhile, by themselves or because a page said so, stays there.
  if (!last || (now !== document.body && now !== last)) return;
  if (last.isConnected && !last.matches(":disabled")) return;
  const rest = rests.find((one) => one.isConnected);
  const place = rest?.matches("details") ? rest.querySelector("summary") : rest;
  if (place instanceof HTMLElement) place.focus();
});

/** From now on; once for the page. */
export function keepFocus(): void {
  document.addEventListener("focusin", (event) => {
    last = event.target as Element;
    rests = [];
    const above = (one: Element) => one.parentElement?.closest("[data-rest]");
    for (let at = above(last); at; at = above(at)) rests.push(at);
    watcher.disconnect();
    if (rests.length)
      watcher.observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  });
}
