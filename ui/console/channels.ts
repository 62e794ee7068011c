// Which channels have trouble, asked twice a minute while the desk is open.
import { computed, signal } from "@preact/signals";
import { api } from "./api";
import { link } from "./socket";
import type { ChannelState } from "./types";

const EVERY = 30_000;

export const channels = signal<readonly ChannelState[]>([]);

/** Worth everybody's attention: a channel that ought to work and does not. One that is switched off
 *  is said in the conversations that are on it. */
export const broken = computed(() =>
  channels.value.filter(({ state }) => state === "paused" || state === "down"),
);

export const channelState = (name: string): ChannelState | undefined =>
  channels.value.find((one) => one.name === name && one.state !== "up");

let timer: ReturnType<typeof setInterval> | undefined;

export function followChannels(): void {
  forgetChannels();
  timer = setInterval(() => void ask(), EVERY);
  void ask();
}

export function forgetChannels(): void {
  clearInterval(timer);
  channels.value = [];
}

async function ask(): Promise<void> {
  if (link.value === "refused") return;
  const asking = timer;
  try {
    const told = await api.channels();
    if (asking === timer) channels.value = told.channels;
  } catch {
    // What was known stays; a connection that is lost has its own notice.
  }
}
