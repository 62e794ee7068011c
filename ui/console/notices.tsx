// What a listener must know of a conversation before answering: erasure, standby, trouble, time left.
import { useComputed } from "@preact/signals";
import { type ComponentChildren, Fragment } from "preact";
import { broken, channelState } from "./channels";
import { Icon } from "./icons";
import { channelName, duration, t } from "./strings";
import { dateOf, now } from "./time";
import { channelWhy } from "./trouble";
import type { ChannelState, Summary } from "./types";
import { Seems } from "./writer";

const MINUTE = 60_000;
/** From here on the time left is shown as pressing. */
const SHORT = 60;

export function Notices({ summary: s }: { summary: Summary }) {
  const trouble = channelState(s.channel);
  const another = s.another_at !== null && s.another_at !== undefined;
  if (!s.erasure && !s.standby && !trouble && !s.window_ends_at && !another) return null;
  return (
    <div class="notices" role="group" aria-label={t.notices.label} tabIndex={0}>
      {another && <Seems summary={s} />}
      {s.window_ends_at && <TimeLeft key={s.window_ends_at} ends={s.window_ends_at} channel={s.channel} />}
      {s.erasure && (
        <Notice icon="eraser" kind="grave">
          <b>{t.notices.erasure(dateOf(s.erasure.asked_at))}</b>{" "}
          {s.erasure.due_at ? t.notices.erasureDue(dateOf(s.erasure.due_at)) : t.notices.erasureUnsure}{" "}
          {t.notices.erasureWho}
        </Notice>
      )}
      {s.standby && (
        <Notice icon="alarm" kind="grave">
          {t.notices.standby}
        </Notice>
      )}
      {trouble && (
        <Notice icon="offline" kind="grave">
          <TroubleWords of={trouble} />
        </Notice>
      )}
    </div>
  );
}

/** How long the platform still lets us answer. Drawn again once a minute, not once a second. */
function TimeLeft({ ends, channel }: { ends: string; channel: string }) {
  const left = useComputed(() => Math.floor((Date.parse(ends) - now.value) / MINUTE)).value;
  if (Number.isNaN(left)) return null;
  if (left < 0) {
    return (
      <Notice icon="clock" kind="grave">
        <b>{t.notices.closed}</b> {afterwards(channel)}
      </Notice>
    );
  }
  return (
    <Notice icon="clock" kind={left < SHORT ? "pressing" : "calm"}>
      {t.notices.window} <b>{left ? duration(left * MINUTE) : t.notices.windowLast}</b>
    </Notice>
  );
}

function afterwards(channel: string): string {
  if (channel === "messenger" || channel === "instagram") return t.notices.closedHuman;
  return channel === "whatsapp" ? t.notices.closedInvite : t.notices.closedKept;
}

/** Channels that do not work, for the whole desk. At its foot, so that no row moves. */
export function ChannelTrouble() {
  return (
    <div class="trouble" role="status" aria-label={t.channels.label}>
      {broken.value.length > 0 && (
        <p>
          <Icon name="alarm" />
          <span>
            {broken.value.map(({ name, state }) => (
              <Fragment key={name}>
                <b>
                  <bdi>{channelName(name)}</bdi>
                </b>{" "}
                {state === "paused" ? t.channels.pausedShort : t.channels.downShort}{" "}
              </Fragment>
            ))}
            {t.channels.kept}
          </span>
        </p>
      )}
    </div>
  );
}

function TroubleWords({ of: { name, state, code } }: { of: ChannelState }) {
  const why = channelWhy(code);
  return (
    <>
      <b>
        <bdi>{channelName(name)}</bdi>
      </b>{" "}
      {state === "paused" || state === "down" ? t.channels[state] : t.channels.off}
      {why && ` ${t.channels.why(why)}`}
    </>
  );
}

interface NoticeProps {
  icon: "alarm" | "clock" | "eraser" | "offline";
  kind: "calm" | "pressing" | "grave";
  children: ComponentChildren;
}

function Notice({ icon, kind, children }: NoticeProps) {
  return (
    <p class={kind}>
      <Icon name={icon} />
      <span>{children}</span>
    </p>
  );
}
