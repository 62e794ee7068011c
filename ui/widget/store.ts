// The conversation as the screen shows it, and the few rules that change it.

import type { Choice, MessageFrame, Outgoing, ServerFrame, Speaker, StateFrame } from "./protocol";
import { loadMore, loadVous } from "./load";
import { shown, together } from "./shown";
import { S } from "./strings";
import { freshId, vault } from "./vault";
import { type Link, Wire } from "./wire";

export type Sending = "kept" | "pending" | "late" | "refused";

export interface Item extends Outgoing {
  key: string;
  id: number | null;
  from: Speaker;
  name: string | null;
  at: string;
  choices: Choice[];
  sending: Sending;
  refusal: string;
  /** A picture's bytes until they are sent: nothing of them is written anywhere. */
  blob?: Blob | undefined;
}

/** What is rarely needed, and loaded when it is. */
export type Page = "menu" | "code" | "back" | "picture";

const LATE_MS = 10_000;
const THINKING_MS = 20_000;
/** The console says every eight seconds that somebody goes on writing. */
const WRITING_MS = 10_000;
const GRACE_MS = 2_500;
const TYPING_MS = 4_000;

/** Characters as the server counts them: code points. */
export const lengthOf = (text: string): number => [...text].length;

export class Chat {
  readonly items = shown<Item[]>([]);
  readonly state = shown<StateFrame>({ type: "state", owner: "assistant", listener: null, danger: false, closed: false, team: null, vous: false, region: "", survey: null });
  readonly link = shown<Link>("connecting");
  readonly draft = shown(vault.draft);
  readonly limit = shown(4000);
  readonly lost = shown(false);
  /** What whoever answers does until their next message, as far as it is known. */
  readonly sign = shown<"" | "thinks" | "writes">("");
  /** Whether a listener was seen to write since their last message: what is told aloud once. */
  readonly wrote = shown(false);
  readonly refusal = shown("");
  readonly page = shown<Page | null>(null);
  readonly more = shown<typeof import("./more") | null>(null);
  readonly vous = shown(false);

  alive = true;
  readonly #wire: Wire;
  #shown = new Set<number>();
  #last = 0;
  #seen = 0;
  #sentAt = new Map<string, number>();
  #clock = 0;
  #signTimer = 0;
  #graceTimer = 0;
  #tellTypingAt = 0;

  constructor(base: string, origin: string | null) {
    this.#wire = new Wire(base, origin, {
      frame: (frame) => together(() => this.#take(frame)),
      link: (link) => this.#linked(link),
      lost: () => this.#startOver(),
      limit: (characters) => (this.limit.value = characters),
      last: () => this.#last,
      pending: () => this.unsent.filter((one) => !one.blob),
    });
    this.items.value = vault.outbox.map((kept) => ({
      ...mine(kept),
      at: kept.at,
      sending: kept.refusal ? "refused" : "pending",
      refusal: kept.refusal,
    }));
  }

  start(): void {
    this.#wire.start();
    this.#clock = setInterval(() => this.#watchLate(), 1000);
  }

  stop(): void {
    this.alive = false;
    this.#wire.stop();
    clearInterval(this.#clock);
    clearTimeout(this.#signTimer);
    clearTimeout(this.#graceTimer);
  }

  get tooLong(): boolean {
    return lengthOf(this.draft.value.trim()) > this.limit.value;
  }

  /** What waits for an acknowledgement. */
  get unsent(): Item[] {
    return this.items.value.filter((one) => one.sending === "pending" || one.sending === "late");
  }

  /** Buttons belong to the last message only; one that could not leave hides nothing. */
  get choices(): Choice[] {
    const last = this.items.value.filter((one) => one.sending !== "refused").at(-1);
    return this.state.value.closed ? [] : (last?.choices ?? []);
  }

  write(text: string): void {
    this.draft.value = vault.draft = text;
    this.refusal.value = "";
  }

  /** Writes what is typed. A listener who answers is told that it is, never what. */
  type(text: string): void {
    this.write(text);
    const { owner, closed } = this.state.value;
    const now = performance.now();
    if (!text || closed || owner !== "listener" || now < this.#tellTypingAt) return;
    this.#tellTypingAt = now + TYPING_MS;
    this.#wire.tell({ type: "typing" });
  }

  /** Sends the draft; false when there is nothing to send or it is too long, and the draft stays. */
  submit(): boolean {
    const text = this.draft.value.trim();
    if (!text || this.tooLong) return false;
    this.write("");
    this.#put({ cid: freshId(), text, choice: null });
    return true;
  }

  choose(choice: Choice): void {
    this.#put({ cid: freshId(), text: choice.title, choice: choice.id });
  }

  retry(cid: string): void {
    this.#sentAt.set(cid, performance.now());
    this.change(cid, { sending: "pending", refusal: "" });
    const blob = this.items.value.find((one) => one.cid === cid)?.blob;
    if (blob) this.more.value?.upload(this, cid, blob);
    else this.#wire.again(cid);
  }

  /** Opens a page of what is rarely needed; without a network it says so. */
  open(page: Page | null): void {
    this.page.value = page;
    if (page) this.refusal.value = "";
    loadMore().then(
      (more) => {
        if (this.alive) this.more.value = more;
      },
      () => {
        if (page) this.refusal.value = S.moreLater;
        this.page.value = null;
      },
    );
  }

  /** Speaks to parents and professionals, or to everybody else. Who `asked` is told where it fails. */
  speak(vous: boolean, asked = false): void {
    if (vous === this.vous.value) return;
    if (asked) this.refusal.value = "";
    loadVous().then(
      (words) => {
        Object.assign(S, vous ? words.VOUS : words.TU);
        this.vous.value = vous;
      },
      () => {
        if (asked) this.refusal.value = S.moreLater;
      },
    );
  }

  ask(path: string, body: object | Blob): Promise<Response> {
    return this.#wire.ask(path, body);
  }

  /** A picture of one's own, as the last message: whoever calls sends it. */
  put(cid: string, blob: Blob): void {
    this.items.value = [...this.items.value, { ...mine({ cid, text: S.picture, choice: null }), blob }];
    this.#save();
  }

  /** Goes on with the conversation that a token opens; what this tab showed is gone from it. */
  comeBack(token: string): void {
    vault.token = token;
    together(() => {
      this.items.value = [];
      this.#save();
      this.#startOver();
      this.page.value = null;
    });
    this.#wire.recycle();
  }

  /** The person came back to the tab, or the network to the device. */
  poke(): void {
    this.#wire.poke();
  }

  refresh(): void {
    this.#wire.recycle();
  }

  seen(): void {
    if (this.#last <= this.#seen || this.link.value !== "open") return;
    this.#seen = this.#last;
    this.#wire.tell({ type: "seen", id: this.#last });
  }

  #put(out: Outgoing): void {
    this.#sentAt.set(out.cid, performance.now());
    together(() => {
      this.items.value = [...this.items.value, mine(out)];
      this.lost.value = false;
      this.#save();
    });
    this.#wire.flush();
    this.#wire.poke();
  }

  #take(frame: ServerFrame): void {
    const { owner, listener } = this.state.value;
    switch (frame.type) {
      case "message":
        this.#add(frame);
        break;
      case "welcome":
        if (frame.team) this.state.value = { ...this.state.value, team: frame.team };
        break;
      case "state":
        // Somebody else answers, or nobody: what was said of who did is over.
        if (frame.closed || frame.owner !== owner || frame.listener !== listener) this.#show("");
        this.state.value = frame;
        if (frame.vous) this.speak(true);
        if (frame.survey) this.open(this.page.value);
        break;
      case "typing":
        this.#show("writes", WRITING_MS);
        break;
      case "ack":
        this.keep(frame.cid);
        break;
      case "error":
        this.#refuse(frame.cid, frame.code, frame.message);
        break;
    }
  }

  #add(frame: MessageFrame): void {
    if (this.#shown.has(frame.id)) return;
    this.#shown.add(frame.id);
    this.#last = Math.max(this.#last, frame.id);
    const { id, from, at, cid } = frame;
    if (from === "me" && cid && this.items.value.some((one) => one.cid === cid)) {
      this.keep(cid, { id, at });
      return;
    }
    const item: Item = {
      ...frame,
      key: cid ?? `${from}-${id}-${freshId()}`,
      text: frame.text || (frame.picture ? S.picture : ""),
      cid: cid ?? "",
      choice: null,
      sending: "kept",
      refusal: "",
    };
    // What is not kept yet comes after what is: the order the server will have.
    const items = this.items.value;
    let end = items.length;
    while (end > 0 && items[end - 1]?.sending !== "kept") end--;
    this.items.value = [...items.slice(0, end), item, ...items.slice(end)];
    if (from !== "me") this.#show("");
  }

  /** The server has it. */
  keep(cid: string, more: Partial<Item> = {}): void {
    const known = this.items.value.find((one) => one.cid === cid);
    if (!known) return;
    if (known.sending !== "kept" && this.state.value.owner === "assistant") this.#show("thinks", THINKING_MS);
    this.#sentAt.delete(cid);
    this.change(cid, { ...more, sending: "kept", refusal: "", blob: undefined });
  }

  #refuse(cid: string | null, code: string, words: string): void {
    const message = S.errors[code] ?? words;
    const item = this.items.value.find((one) => one.cid === cid);
    if (!cid || !item || item.sending === "kept") {
      this.refusal.value = message;
      return;
    }
    if (code === "unavailable") {
      this.change(cid, { sending: "late" });
      setTimeout(() => this.#wire.again(cid), 3_000 + Math.random() * 3_000);
    } else if (code === "too_long" && !this.draft.value) {
      // It can only be shortened: back to where it can be edited.
      this.items.value = this.items.value.filter((one) => one.cid !== cid);
      this.write(item.text);
      this.refusal.value = message;
      this.#save();
    } else this.change(cid, { sending: "refused", refusal: message });
  }

  change(cid: string, change: Partial<Item>): void {
    this.items.value = this.items.value.map((one) => (one.cid === cid ? { ...one, ...change } : one));
    this.#save();
  }

  #save(): void {
    vault.outbox = this.items.value
      .filter((one) => one.sending !== "kept")
      .map(({ cid, text, choice, at, refusal, blob }) => ({ cid, text, choice, at, refusal: blob ? S.pictureLost : refusal }));
  }

  #startOver(): void {
    this.#shown.clear();
    this.#show("");
    this.#last = this.#seen = 0;
    this.lost.value = this.items.value.length > 0;
    this.state.value = { ...this.state.value, owner: "assistant", listener: null, closed: false };
  }

  #linked(link: Link): void {
    if (link === "open") {
      clearTimeout(this.#graceTimer);
      this.#graceTimer = 0;
    } else if (this.link.value === "open") {
      // A cut mended at once is not worth a word; however often it is tried, the time runs.
      this.#graceTimer ||= setTimeout(() => (this.link.value = link), GRACE_MS);
      return;
    } else if (link === "connecting") return;
    this.link.value = link;
  }

  #watchLate(): void {
    const now = performance.now();
    for (const one of this.items.value) {
      const since = this.#sentAt.get(one.cid);
      if (one.sending !== "pending" || since === undefined || now - since < LATE_MS) continue;
      this.change(one.cid, { sending: "late" });
      this.#wire.recycle();
    }
  }

  /** Shows a sign for a while; none after a message, when the next one is news again. */
  #show(sign: this["sign"]["value"], during = 0): void {
    clearTimeout(this.#signTimer);
    together(() => {
      this.sign.value = sign;
      if (!sign) this.wrote.value = false;
    });
    if (!sign) return;
    this.#signTimer = setTimeout(() => {
      this.wrote.value = sign === "writes";
      this.sign.value = "";
    }, during);
  }
}

function mine(out: Outgoing): Item {
  return {
    ...out,
    key: out.cid,
    id: null,
    from: "me",
    name: null,
    at: new Date().toISOString(),
    choices: [],
    sending: "pending",
    refusal: "",
  };
}
