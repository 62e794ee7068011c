// The line to the server. It opens the session, keeps a socket (or a stream where sockets are
// blocked) alive with jittered returns, and says what came. It decides nothing about messages.

import { loadStream } from "./load";
import { frameOf, type Outgoing, type ServerFrame } from "./protocol";
import { vault } from "./vault";

export type Link = "connecting" | "open" | "down" | "busy";

export interface Ears {
  frame(frame: ServerFrame): void;
  link(link: Link): void;
  /** The token is refused: ids start over with the next session. */
  lost(): void;
  limit(characters: number): void;
  /** The highest id shown, and what still waits for an acknowledgement. */
  last(): number;
  pending(): Outgoing[];
}

const OPEN_LIMIT_MS = 8_000;
const SILENCE_LIMIT_MS = 70_000;
const STREAM_TRIES = 3;

export class Wire {
  #stopped = false;
  #timer = 0;
  #attempt = 0;
  #socketFails = 0;
  #streamFails = 0;
  // Two failures mean a network that blocks sockets; where one has worked, a server that restarts.
  #socketTries = 2;
  #openedAt = 0;
  #hangUp: (() => void) | null = null;
  #socket: WebSocket | null = null;
  #streaming = false;
  #posting = false;
  #sent = new Set<string>();
  #stops = new Set<() => void>();

  constructor(
    private readonly base: string,
    private readonly origin: string | null,
    private readonly ears: Ears,
  ) {}

  start(): void {
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#hangUp?.();
    for (const stop of this.#stops) stop();
  }

  /** Try now rather than after the delay. */
  poke(): void {
    if (this.#stopped) return;
    if (this.#timer) {
      clearTimeout(this.#timer);
      this.#timer = 0;
      void this.#connect();
    } else this.flush();
  }

  /** A line that answers nothing is worse than none: take a new one. */
  recycle(): void {
    if (!this.#hangUp) return;
    this.#hangUp();
    this.#again(0);
  }

  again(cid: string): void {
    this.#sent.delete(cid);
    this.poke();
  }

  /** Says what may be lost, and so only where there is a socket. */
  tell(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** Sends what waits, in order, once on each line. */
  flush(): void {
    if (this.#streaming) void this.#post();
    if (!this.#socket) return;
    for (const { cid, text, choice } of this.ears.pending()) {
      if (this.#sent.has(cid)) continue;
      this.#sent.add(cid);
      this.tell({ type: "send", cid, text, choice });
    }
  }

  /** Asks the server once, beside the line. Throws where there is no network. */
  ask(path: string, body: object): Promise<Response> {
    const blob = body instanceof Blob;
    const headers = { Authorization: `Bearer ${vault.token ?? ""}`, "Content-Type": blob ? body.type : "application/json" };
    return this.#fetch(path, { method: "POST", headers, body: blob ? body : JSON.stringify(body) }, blob ? 60_000 : 10_000);
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return;
    this.#timer = 0;
    const token = vault.token ?? (await this.#session());
    if (this.#stopped || !token) return;
    if (this.#socketFails < this.#socketTries) this.#openSocket(token);
    else await this.#openStream(token);
  }

  async #session(): Promise<string | null> {
    this.ears.link("connecting");
    try {
      const answer = await this.ask("web/session", this.origin ? { origin: this.origin } : {});
      if (!answer.ok) {
        this.#again(undefined, answer.status === 503 ? "busy" : "down");
        return null;
      }
      const body = (await answer.json()) as { token?: unknown; text_limit?: unknown };
      if (typeof body.token !== "string" || this.#stopped) return null;
      if (typeof body.text_limit === "number") this.ears.limit(body.text_limit);
      // Whoever came back by a code meanwhile has a token already.
      return (vault.token ??= body.token);
    } catch {
      this.#again();
      return null;
    }
  }

  #openSocket(token: string): void {
    this.ears.link("connecting");
    let socket: WebSocket;
    try {
      socket = new WebSocket(new URL("web/socket", this.base).href.replace(/^http/, "ws"));
    } catch {
      this.#socketFails++;
      this.#again();
      return;
    }
    // Closing waits for the other side, which may be the one that hangs: never wait for it.
    const end = (code: number): void => {
      clearTimeout(limit);
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      this.#hangUp = this.#socket = null;
      if (!welcomed && code !== 4003 && code !== 1013) this.#socketFails++;
    };
    let welcomed = false;
    const limit = setTimeout(() => {
      end(0);
      this.#again();
    }, OPEN_LIMIT_MS);
    this.#hangUp = () => end(4003);
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token, last: this.ears.last() }));
    socket.onmessage = ({ data }) => {
      const frame = frameOf(String(data));
      if (frame?.type === "welcome") {
        welcomed = true;
        clearTimeout(limit);
        this.#socket = socket;
        this.#socketFails = 0;
        this.#socketTries = 8;
        this.#opened();
      }
      if (frame) this.ears.frame(frame);
      if (frame?.type === "welcome") this.flush();
    };
    socket.onclose = ({ code }) => {
      end(code);
      if (code === 4003) this.#lose();
      else this.#again(code === 4008 ? 15_000 : undefined, code === 1013 ? "busy" : "down");
    };
  }

  async #openStream(token: string): Promise<void> {
    this.ears.link("connecting");
    const abort = new AbortController();
    let silence = setTimeout(() => abort.abort(), OPEN_LIMIT_MS);
    let welcomed = false;
    let hungUp = false;
    this.#hangUp = () => {
      hungUp = true;
      abort.abort();
      this.#hangUp = null;
      this.#streaming = false;
    };
    // Sending does not wait for the stream: a message of danger goes out first.
    this.#streaming = true;
    void this.#post();
    let status = 0;
    try {
      const answer = await this.#fetch(
        `web/events?last=${this.ears.last()}`,
        { headers: { Authorization: `Bearer ${token}`, Accept: "text/event-stream" } },
        0,
        abort,
      );
      status = answer.status;
      if (answer.ok && answer.body) {
        const { eventsOf } = await loadStream();
        for await (const data of eventsOf(answer.body, () => {
          clearTimeout(silence);
          silence = setTimeout(() => abort.abort(), SILENCE_LIMIT_MS);
        })) {
          const frame = frameOf(data);
          if (hungUp) break;
          if (frame?.type === "welcome") {
            welcomed = true;
            this.#opened();
          }
          if (frame) this.ears.frame(frame);
        }
      }
    } catch {
      // A cut: the next line resumes after the last message shown.
    }
    clearTimeout(silence);
    if (hungUp || this.#stopped) return;
    this.#hangUp = null;
    this.#streaming = false;
    if (status === 401) return this.#lose();
    this.#streamFails = welcomed ? 0 : this.#streamFails + 1;
    if (this.#streamFails >= STREAM_TRIES) this.#streamFails = this.#socketFails = 0;
    this.#again(undefined, status === 503 ? "busy" : "down");
  }

  async #post(): Promise<void> {
    if (this.#posting) return;
    this.#posting = true;
    let wait = 0;
    try {
      for (let next = this.ears.pending()[0]; next && this.#streaming; next = this.ears.pending()[0]) {
        const { cid, text, choice } = next;
        const answer = await this.ask("web/messages", { cid, text, choice });
        if (answer.status === 401) {
          this.#hangUp?.();
          return this.#lose();
        }
        if (answer.status >= 500) {
          wait = this.#delay();
          break;
        }
        if (answer.ok) this.ears.frame({ type: "ack", cid });
        else {
          const body = (await answer.json().catch(() => ({}))) as { error?: { code: string; message: string } };
          this.ears.frame({ type: "error", cid, code: "", message: "", ...body.error });
        }
      }
    } catch {
      wait = this.#delay();
    } finally {
      this.#posting = false;
    }
    if (wait) setTimeout(() => this.#streaming && void this.#post(), wait);
  }

  #opened(): void {
    this.#openedAt = performance.now();
    this.#sent.clear();
    this.ears.link("open");
  }

  #lose(): void {
    vault.token = null;
    this.ears.lost();
    this.#again(0);
  }

  #again(delay = this.#delay(), link: Link = "down"): void {
    if (this.#stopped) return;
    if (this.#openedAt && performance.now() - this.#openedAt > 5_000) this.#attempt = 0;
    this.#openedAt = 0;
    this.#attempt++;
    this.ears.link(link);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), delay);
  }

  /** Half fixed, half chance: after a restart the whole crowd must not come back in one second. */
  #delay(): number {
    const ceiling = Math.min(30_000, 600 * 2 ** Math.min(this.#attempt, 6));
    return ceiling / 2 + (Math.random() * ceiling) / 2;
  }

  /** Gives up after `within`, where `abort` is not left to the caller. */
  #fetch(path: string, init: RequestInit, within: number, abort = new AbortController()): Promise<Response> {
    const stop = (): void => abort.abort();
    if (within) setTimeout(stop, within);
    this.#stops.add(stop);
    return fetch(new URL(path, this.base), {
      ...init,
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: abort.signal,
    }).finally(() => within && this.#stops.delete(stop));
  }
}
