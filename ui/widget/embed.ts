// The loader for partner sites: one line of theirs makes a button that opens the chat in a frame.
// Nothing is asked of us before the button is pressed, and nothing is kept. Where we do not answer,
// the numbers stand in the frame's place. Attributes: `data-origin`, `data-label`.

(() => {
  const script = document.currentScript as HTMLScriptElement | null;
  if (!script) return;
  const { origin = "", label = "Parler à quelqu’un" } = script.dataset;
  const home = new URL(".", script.src);
  const PATIENCE_MS = 10_000;
  const SHIFT_WINDOW_MS = 1500;
  const NUMBERS: [string, string][] = [
    ["tel:15", "15\u00a0: Samu"],
    ["tel:17", "17\u00a0: police"],
    ["tel:112", "112\u00a0: toutes les urgences"],
    ["sms:114", "114\u00a0: par SMS, sans parler"],
    ["tel:3114", "3114\u00a0: idées suicidaires, jour et nuit"],
    ["tel:119", "119\u00a0: enfant en danger"],
    ["tel:3018", "3018\u00a0: violences en ligne"],
  ];

  // Styles by script: a page's policy may refuse those of an attribute.
  const made = <K extends keyof HTMLElementTagNameMap>(tag: K, css: string, text = ""): HTMLElementTagNameMap[K] => {
    const el = document.createElement(tag);
    el.style.cssText = css;
    el.textContent = text;
    return el;
  };
  const PILL = "font:600 16px/1.2 system-ui,sans-serif;min-height:44px;padding:8px 20px;border:0;border-radius:22px;cursor:pointer;";

  const button = made("button", `${PILL}background:#1d5c57;color:#fff`, label);
  button.type = "button";
  script.after(button);

  button.onclick = () => {
    const small = innerWidth < 500 || innerHeight < 500;
    // As the chat in the frame: a white bar over it would light up a dark room.
    const dark = matchMedia("(prefers-color-scheme:dark)").matches;
    const panel = made(
      "div",
      `position:fixed;z-index:2147483647;display:flex;flex-direction:column;${
        dark ? "background:#191715;color:#f2ece4;color-scheme:dark" : "background:#faf6f0;color:#2a2521;color-scheme:light"
      };${
        small ? "inset:0" : "right:16px;bottom:16px;width:400px;height:min(680px,90vh);border-radius:16px;overflow:hidden;box-shadow:0 4px 32px #0006"
      }`,
    );
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", "Discussion");
    const bar = made("div", "display:flex;justify-content:flex-end");
    const exit = made("button", `${PILL}background:none;color:inherit`, "Sortie rapide");
    const close = made("button", `${PILL}background:none;color:inherit`, "Fermer");
    const frame = made("iframe", "flex:1;width:100%;border:0");
    frame.title = "Discussion";
    frame.referrerPolicy = "no-referrer";
    frame.src = `${home}${origin ? `?origine=${encodeURIComponent(origin)}` : ""}`;
    const help = made("div", "padding:0 20px;font:16px/1.5 system-ui,sans-serif;overflow:auto");
    help.setAttribute("role", "alert");

    const unanswered = setTimeout(() => {
      frame.style.display = "none";
      help.append(made("p", "", "La discussion ne s’ouvre pas. En danger, appelle\u00a0:"));
      for (const [href, text] of NUMBERS) {
        const link = made("a", "display:block;min-height:44px;padding:10px 0;color:inherit;font-weight:600", text);
        link.href = href;
        help.append(link);
      }
    }, PATIENCE_MS);
    const hear = (event: MessageEvent): void => {
      if (event.source !== frame.contentWindow || event.origin !== home.origin) return;
      clearTimeout(unanswered);
      // The chat has the same button.
      exit.hidden = true;
      // It answers after all.
      frame.style.display = "";
      help.replaceChildren();
    };
    addEventListener("message", hear);

    // Quick exit, where the frame hears nothing: it is not there yet, or the page has the focus.
    const leave = (): void => {
      document.documentElement.style.setProperty("display", "none", "important");
      document.title = "Nouvel onglet";
      // The frame erases what the tab remembers of the chat.
      frame.contentWindow?.postMessage("leave", home.origin);
      const referrer = made("meta", "");
      referrer.name = "referrer";
      referrer.content = "no-referrer";
      document.head.append(referrer);
      location.replace("https://www.wikipedia.org/");
    };
    let shifts: number[] = [];
    const press = ({ key, repeat, timeStamp }: KeyboardEvent): void => {
      if (repeat) return;
      shifts = key === "Shift" ? [...shifts.filter((at) => timeStamp - at < SHIFT_WINDOW_MS), timeStamp] : [];
      if (shifts.length > 2) leave();
    };
    addEventListener("keydown", press, true);
    exit.onclick = leave;
    close.onclick = () => {
      clearTimeout(unanswered);
      removeEventListener("message", hear);
      removeEventListener("keydown", press, true);
      panel.remove();
      button.hidden = false;
      button.focus();
    };
    button.hidden = true;
    bar.append(exit, close);
    panel.append(bar, help, frame);
    document.body.append(panel);
    close.focus();
  };
})();
