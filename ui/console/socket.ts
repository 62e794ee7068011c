// The live feed. It reconnects by itself with jitter; every connection starts with a snapshot.
import { signal } from "@preact/signals";
import type { ServerFrame } from "./types";

export type Link = "off" | "connecting" | "open" | "refused";

export const link = signal<Link>("off");
/** When the last frame came, by this computer's clock: what is on screen dates from then. */
export const heardAt = signal(0);

const FIRST = 500;
const LONGEST = 8_000;
// A connection can die without a word (a laptop that slept). A quiet one is replaced by a fresh one,
// which costs one snapshot.
const QUIET = 75_000;
const NO_SNAPSHOT = 10_000;

let socket: WebSocket | null = null;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let quiet: ReturnType<typeof setTimeout> | undefined;
let receive: (frame: ServerFrame) => void = () => {};
let doubt: () => void = () => {};

export function start(onFrame: (frame: ServerFrame) => void, onDoubt: () => void): void {
  receive = onFrame;
  doubt = onDoubt;
  failures = 0;
  connect();
}

export function stop(): void {
  clearTimeout(timer);
  clearTimeout(quiet);
  drop();
  link.value = "off";
}

export function send(frame: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

// The server ends a session that nobody uses. It hears that somebody is here, at most this often.
const USE_EVERY = 60_000;
let usedAt = 0;

function used(): void {
  if (link.value !== "open" || Date.now() - usedAt < USE_EVERY) return;
  usedAt = Date.now();
  send({ type: "active" });
}

for (const sign of ["keydown", "pointerdown", "pointermove", "wheel"]) {
  addEventListener(sign, used, { capture: true, passive: true });
}

/** Try at once: the network came back, or somebody asked. */
export function retryNow(): void {
  if (link.value === "connecting" || link.value === "refused") {
    failures = 0;
    connect();
  }
}

function drop(): void {
  const old = socket;
  socket = null;
  old?.close();
}

function connect(): void {
  clearTimeout(timer);
  drop();
  if (link.value !== "open") link.value = "connecting";
  const url = new URL("/console/api/socket", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(url);
  socket = mine;
  clearTimeout(quiet);
  quiet = setTimeout(again, NO_SNAPSHOT);
  mine.onmessage = (event: MessageEvent<unknown>) => {
    if (mine !== socket || typeof event.data !== "string") return;
    let frame: ServerFrame;
    try {
      frame = JSON.parse(event.data) as ServerFrame;
    } catch {
      return;
    }
    heardAt.value = Date.now();
    if (frame.type === "snapshot") {
      failures = 0;
      link.value = "open";
    }
    // Until then it has as long as it had from the beginning.
    if (link.value === "open") {
      clearTimeout(quiet);
      quiet = setTimeout(connect, QUIET);
    }
    receive(frame);
  };
  mine.onclose = (event) => {
    if (mine !== socket) return;
    // A refused handshake shows as a plain failure, so any failure may mean "not signed in".
    if (event.code === 4001 || link.value !== "open") doubt();
    again();
    if (event.code === 4003) link.value = "refused";
  };
}

function again(): void {
  drop();
  clearTimeout(quiet);
  clearTimeout(timer);
  link.value = "connecting";
  const ceiling = Math.min(LONGEST, FIRST * 2 ** failures++);
  timer = setTimeout(connect, ceiling / 2 + (Math.random() * ceiling) / 2);
}

addEventListener("online", retryNow);
addEventListener("offline", () => {
  // The browser knows before the socket does.
  if (link.value === "open" && !navigator.onLine) {
    link.value = "connecting";
    drop();
    timer = setTimeout(connect, 2000);
  }
});
