// <relais-chat>: the chat as a custom element. Attributes: `full` (fill the window), `exit` (where
// quick exit goes), `server` (base address; by default where this script came from), `origin`.

import { effect } from "@preact/signals-core";
import { render } from "preact";
import css from "./chat.css?inline";
import { hasLeft, leave, leaveAgain, NEUTRAL_SITE, onLeave, watchShift } from "./exit";
import { Chat } from "./store";
import { App } from "./view";

const ORIGIN = /^[A-Za-z0-9._-]{1,64}$/;
const AWAY_MS = 30_000;
const LOW_EM = 40;

class RelaisChat extends HTMLElement {
  readonly #sheet = new CSSStyleSheet();
  #root: HTMLElement | null = null;
  #chat: Chat | null = null;
  #still: (() => void) | null = null;
  #undo: (() => void)[] = [];

  connectedCallback(): void {
    if (hasLeft()) return;
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.#sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [this.#sheet];
    const root = document.createElement("div");
    root.className = "root";
    root.lang = "fr";
    root.style.colorScheme = "light dark";
    shadow.replaceChildren(root);
    this.#root = root;

    const exit = (): void => leave(this.getAttribute("exit") ?? NEUTRAL_SITE);
    this.#undo = [watchShift(exit), onLeave(() => this.#close()), this.#followPage(), this.#followKeyboard(root)];
    this.#open(exit);
    // A partner's page that frames us (embed.ts) learns that we are there, and nothing else.
    parent.postMessage("relais", "*");
  }

  disconnectedCallback(): void {
    for (const undo of this.#undo) undo();
    this.#undo = [];
    this.#close();
  }

  #open(exit: () => void): void {
    if (!this.#root || this.#chat) return;
    const server = this.getAttribute("server") ?? import.meta.url;
    const asked = new URLSearchParams(location.search);
    const origin = this.getAttribute("origin") ?? asked.get("origine") ?? asked.get("origin") ?? "";
    this.#chat = new Chat(new URL(".", new URL(server, location.href)).href, ORIGIN.test(origin) ? origin : null);
    const chat = this.#chat;
    const root = this.#root;
    this.#still = effect(() => {
      const more = chat.more.value;
      if (more && this.shadowRoot) this.shadowRoot.adoptedStyleSheets = [this.#sheet, more.sheet];
      render(<App chat={chat} leave={exit} />, root);
    });
    chat.start();
  }

  #close(): void {
    this.#chat?.stop();
    this.#still?.();
    this.#chat = null;
    if (this.#root) render(null, this.#root);
  }

  #followPage(): () => void {
    let hiddenAt = 0;
    // A page frozen for the Back button holds nothing; it is filled again from the server.
    const hide = (event: PageTransitionEvent): void => {
      if (event.persisted) this.#close();
    };
    const show = (event: PageTransitionEvent): void => {
      if (hasLeft()) leaveAgain();
      else if (event.persisted) this.#open(() => leave(this.getAttribute("exit") ?? NEUTRAL_SITE));
    };
    const online = (): void => this.#chat?.poke();
    // After a while in a pocket a socket may be dead without knowing: take a new one.
    const visible = (): void => {
      if (document.visibilityState === "hidden") hiddenAt = performance.now();
      else if (hiddenAt && performance.now() - hiddenAt > AWAY_MS) {
        this.#chat?.refresh();
        this.#chat?.poke();
      }
    };
    addEventListener("pagehide", hide);
    addEventListener("pageshow", show);
    addEventListener("online", online);
    document.addEventListener("visibilitychange", visible);
    return () => {
      removeEventListener("pagehide", hide);
      removeEventListener("pageshow", show);
      removeEventListener("online", online);
      document.removeEventListener("visibilitychange", visible);
    };
  }

  /** In the full page, the chat takes what the on-screen keyboard leaves. */
  #followKeyboard(root: HTMLElement): () => void {
    const view = window.visualViewport;
    if (!view || !this.hasAttribute("full")) return () => {};
    const fit = (): void => {
      const zoomed = Math.abs(view.scale - 1) >= 0.01;
      const keyboard = !zoomed && innerHeight - view.height > 120;
      const height = zoomed ? innerHeight : view.height;
      root.toggleAttribute("data-keyboard", keyboard);
      root.toggleAttribute("data-low", height < LOW_EM * parseFloat(getComputedStyle(root).fontSize));
      if (keyboard) {
        root.style.setProperty("--r-height", `${view.height}px`);
        root.style.setProperty("--r-top", `${view.offsetTop}px`);
      } else {
        root.style.removeProperty("--r-height");
        root.style.removeProperty("--r-top");
      }
    };
    fit();
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
    return () => {
      view.removeEventListener("resize", fit);
      view.removeEventListener("scroll", fit);
    };
  }
}

if (!customElements.get("relais-chat")) customElements.define("relais-chat", RelaisChat);
