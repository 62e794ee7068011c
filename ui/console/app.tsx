import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { AftercareDialog } from "./aftercare";
import { Conversation } from "./conversation";
import { askLogout, CloseDialog, HelpDialog, LogoutDialog } from "./dialogs";
import { Icon, UrgencyIcon } from "./icons";
import { AlongDialog, InviteDialog } from "./along";
import { ApartDialog, EarlierDialog, SearchDialog } from "./past";
import { Enrol } from "./enrol";
import { Invitation, invitation } from "./invitation";
import { LeftWords } from "./leftwords";
import { Mine } from "./mine";
import { Opens } from "./modal";
import { Newer } from "./newer";
import { ChannelTrouble } from "./notices";
import { Since } from "./parts";
import { OrientDialog } from "./orient";
import { AvailabilityPicker, PassDialog, UndoBar, Unsaid } from "./passing";
import { Agreements } from "./quarantine";
import { Queue } from "./queue";
import { ServiceDialog, serviceTabs } from "./service";
import { DossiersButton, Removing, removing } from "./removing";
import { current as section, Sections } from "./sections";
import { Breather, ShiftDialog } from "./shift";
import { NewPassword, SignIn } from "./signin";
import { heardAt, link, retryNow } from "./socket";
import {
  alarms,
  isElsewhere,
  assertive,
  boot,
  bootError,
  can,
  loaded,
  lost,
  me,
  open,
  openConversation,
  openId,
  polite,
  take,
  unreadCount,
  waiting,
} from "./store";
import { issueName, t, URGENCY, who } from "./strings";
import { Supervise, SuperviseButton, supervising } from "./supervise";
import { s } from "./strings-service";
import { clockOf } from "./time";
import type { Summary, Urgency } from "./types";
import { TriageDialog } from "./triage";
import { WriterDialog } from "./writer";
import { dialog, focusNext, sheetOf } from "./view";

export function App() {
  const user = me.value;
  if (invitation.value !== null) return <Invitation token={invitation.value} />;
  if (user === undefined) return <Booting />;
  if (user === null) return <SignIn />;
  if (user.must_change_password) return <NewPassword />;
  if (user.must_enrol) return <Enrol />;
  return <Desk name={user.name} />;
}

function Booting() {
  return (
    <main class="gate">
      <div class="panel" role="status">
        {bootError.value ? (
          <>
            <p>
              {t.signIn.unreachable} {bootError.value}
            </p>
            <button type="button" class="primary" onClick={() => void boot()}>
              {t.signIn.retry}
            </button>
          </>
        ) : (
          <p class="quiet">{t.signIn.loading}</p>
        )}
      </div>
    </main>
  );
}

function Desk({ name }: { name: string }) {
  const current = open.value;
  const busy = current !== undefined || lost.value !== null;
  const Page = section()?.view;
  const sheet = sheetOf.value ?? (current && { summary: current });

  useEffect(() => {
    const count = unreadCount.value;
    const marks = `${alarms.value.length ? "⚠ " : ""}${count ? `(${count}) ` : ""}`;
    document.title = marks + t.product;
  }, [unreadCount.value, alarms.value.length]);

  const target = focusNext.value;
  const quiet = dialog.value === null;
  useEffect(() => {
    if (!target || !quiet) return;
    document.getElementById(target)?.focus();
    focusNext.value = null;
  }, [target, quiet]);

  return (
    <div class={`desk${busy ? " busy" : ""}`}>
      <header class="top">
        <h1>
          <img src="/console/icon.svg" alt="" width="24" height="24" /> {t.product}
        </h1>
        {can("answer") && <Connection />}
        <Sections />
        <SuperviseButton />
        {serviceTabs().length > 0 && (
          <Opens name="service" class="plain">{s.open}</Opens>
        )}
        {can("answer") && <DossiersButton />}
        <span class="me">
          <Icon name="person" />
          <bdi>{name}</bdi>
        </span>
        {can("answer") && <AvailabilityPicker />}
        <span class="keys">
          <Opens name="help" class="plain">
            {t.top.help} <kbd aria-hidden="true">?</kbd>
          </Opens>
        </span>
        <button type="button" class="plain" onClick={askLogout}>
          {t.top.logout}
        </button>
      </header>
      {can("answer") && <Strip />}
      {Page ? (
        <main class="page">
          <Page />
        </main>
      ) : removing.value !== undefined ? (
        <Removing />
      ) : supervising.value ? (
        <Supervise />
      ) : (
        <Panes current={current} busy={busy} />
      )}
      {can("answer") && <UndoBar />}
      {can("answer") && <Breather />}
      {can("answer") && <Agreements />}
      {can("answer") && <ChannelTrouble />}
      {can("answer") && (
        <div class="foot">
          <LeftWords />
          <Unsaid />
          <Offline />
          <Newer />
        </div>
      )}
      <p class="sr" aria-live="polite">
        {polite.value}
      </p>
      <p class="sr" aria-live="assertive">
        {assertive.value}
      </p>
      {dialog.value === "help" && <HelpDialog />}
      {dialog.value === "logout" && <LogoutDialog />}
      {dialog.value === "triage" && current && <TriageDialog key={current.id} summary={current} />}
      {dialog.value === "writer" && current && <WriterDialog summary={current} />}
      {dialog.value === "apart" && current && <ApartDialog key={current.id} summary={current} />}
      {dialog.value === "service" && <ServiceDialog />}
      {dialog.value === "orient" && current && <OrientDialog summary={current} />}
      {dialog.value === "search" && <SearchDialog />}
      {dialog.value === "invite" && current && <InviteDialog summary={current} />}
      {dialog.value === "along" && <AlongDialog />}
      {dialog.value === "shift" && <ShiftDialog />}
      {dialog.value === "emergency" && sheet && <AftercareDialog name="emergency" {...sheet} />}
      {dialog.value === "follow" && current && <AftercareDialog name="follow" summary={current} />}
      {dialog.value === "tasks" && <AftercareDialog name="tasks" summary={undefined} />}
      {dialog.value === "call" && <AftercareDialog name="call" summary={undefined} />}
      {dialog.value === "earlier" && current && <EarlierDialog summary={current} />}
      {dialog.value === "pass" && current && <PassDialog summary={current} />}
      {dialog.value === "close" && current && <CloseDialog summary={current} />}
    </div>
  );
}

function Panes({ current, busy }: { current: Summary | undefined; busy: boolean }) {
  return (
    <div class="panes">
      <Mine />
      <Queue main={!busy} />
      {current ? (
        <Conversation key={current.id} summary={current} />
      ) : (
        lost.value && <Lost />
      )}
    </div>
  );
}

function Connection() {
  const open_ = link.value === "open";
  const words = open_ ? t.top.connected : loaded.value ? t.top.offline : t.top.connecting;
  return (
    <span class={`connection${open_ ? "" : " off"}`}>
      {open_ ? <Icon name="check" /> : <Icon name="offline" />}
      <span>{words}</span>
    </span>
  );
}

/** One line that is always there: the queue's health, or the danger alarm in its place. So an alarm
 *  never pushes the rows down under somebody's pointer. */
function Strip() {
  const first = alarms.value[0];
  if (!first) return <Health />;
  const mine = first.mine && first.ticket === "claimed";
  const here = mine && openId.value === first.id;
  return (
    <section class="strip alarm" aria-label={t.alarm.label}>
      <Icon name="alarm" />
      <p>
        <b>
          {alarms.value.length > 1 ? t.alarm.many(alarms.value.length) : t.alarm.one}{" "}
          <span class="clock">
            <Since at={first.danger_since} seconds />
          </span>
        </b>{" "}
        <span>
          <bdi>{issueName(first.issue)}</bdi> · <bdi>{who(first)}</bdi>
        </span>
      </p>
      {isElsewhere(first) && <span>{t.alarm.held(first.listener)}</span>}
      <button
        type="button"
        onClick={() => {
          if (here) document.getElementById("reply")?.focus();
          else if (mine) void openConversation(first.id);
          else void take(first.id);
        }}
      >
        {here ? t.alarm.answer : mine ? t.alarm.open : t.alarm.take}
        {!mine && <span class="wide">{t.alarm.which}</span>}
      </button>
    </section>
  );
}

function Health() {
  const queue = waiting.value;
  const levels: Urgency[] = ["critique", "elevee", "moderee", "faible"];
  const oldest = queue.reduce<string | null>(
    (least, s) => (s.waiting_since && (!least || s.waiting_since < least) ? s.waiting_since : least),
    null,
  );
  const critical = queue.some((s) => s.urgency === "critique");
  return (
    <section class={critical ? "strip critical" : "strip"} aria-label={t.status.label}>
      {!loaded.value ? (
        <p />
      ) : queue.length === 0 ? (
        <p>{t.status.calm}</p>
      ) : (
        <>
          <p>
            <b>{t.status.waiting(queue.length)}</b>
          </p>
          <ul>
            {levels.map((urgency) => {
              const count = queue.filter((s) => s.urgency === urgency).length;
              return (
                count > 0 && (
                  <li key={urgency} class={`u-${urgency}`}>
                    <UrgencyIcon level={urgency} />
                    {count} {URGENCY[urgency].toLowerCase()}
                    {count > 1 ? "s" : ""}
                  </li>
                )
              );
            })}
          </ul>
          <p class="longest">
            {t.status.longest("")}
            <Since at={oldest} />
          </p>
        </>
      )}
    </section>
  );
}

/** Shown once a cut has lasted: a blink of the network is nobody's business. */
function Offline() {
  const cut = link.value !== "open";
  const shown = useSignal(false);
  useEffect(() => {
    if (!cut) {
      shown.value = false;
      return;
    }
    const timer = setTimeout(() => {
      shown.value = true;
    }, 1500);
    return () => clearTimeout(timer);
  }, [cut]);
  return (
    <div class="offline" role="status" aria-label={t.offline.label}>
      {shown.value && (
        <p>
          <Icon name="offline" />
          <span>
            {link.value === "refused" ? t.offline.refused : t.offline.text(clockOf(heardAt.value || Date.now()))}
          </span>
          <button type="button" onClick={retryNow}>
            {t.offline.retry}
          </button>
        </p>
      )}
    </div>
  );
}

function Lost() {
  return (
    <main class="conversation gone">
      <div role="alert">
        <h2>{lost.value}</h2>
      </div>
      <button
        type="button"
        class="secondary"
        onClick={() => {
          lost.value = null;
        }}
      >
        {t.conversation.lostOk}
      </button>
    </main>
  );
}
