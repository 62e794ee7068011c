// The emergency sheet: a reason first, then how the person can be found and what to read out.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { call, say } from "../api";
import { Buttons, dismiss } from "../modal";
import { Failure } from "../parts";
import { addToDraft } from "../drafts";
import { failed, isMine, threads } from "../store";
import {
  ageName,
  channelName,
  factName,
  factValue,
  issueName,
  isVous,
  roleName,
  ruleName,
  unknownName,
} from "../strings";
import { clip, excerpt } from "../text";
import { dateOf } from "../time";
import type { Card, Message, Summary } from "../types";
import { focusNext, pane } from "../view";
import { w } from "./words";

interface Told {
  contact: string | null;
  /** An id of the platform, of use to the police alone. */
  opaque: boolean;
  channel: string;
  opened_at: string;
  heard_at: string | null;
  card: Card;
}

interface SheetProps {
  summary: Summary;
  messages: readonly Message[] | undefined;
}

export function Sheet({ summary, messages }: SheetProps) {
  const told = useSignal<Told | null>(null);
  return told.value ? (
    <Opened told={told.value} summary={summary} messages={messages ?? threads.value[summary.id]?.messages ?? []} />
  ) : (
    <Why
      id={summary.id}
      opened={(sheet) => {
        told.value = sheet;
      }}
    />
  );
}

function Why({ id, opened }: { id: string; opened: (told: Told) => void }) {
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const reason = box.current?.value.trim() ?? "";
    if (!reason) {
      error.value = w.sheet.required;
      box.current?.focus();
      return;
    }
    busy.value = true;
    try {
      opened(await call<Told>("POST", `conversations/${encodeURIComponent(id)}/emergency`, { reason }));
    } catch (refused) {
      failed(refused);
      error.value = say(refused);
    }
    busy.value = false;
  };
  return (
    <form class="words" onSubmit={(event) => void submit(event)} noValidate>
      <p>{w.sheet.promise}</p>
      <label for="sheet-why">{w.sheet.why}</label>
      <textarea id="sheet-why" ref={box} rows={2} maxLength={300} required aria-describedby="sheet-kept sheet-error" />
      <small id="sheet-kept">{w.sheet.kept}</small>
      <Failure id="sheet-error" text={error.value} />
      <Buttons back={w.sheet.cancel} go={busy.value ? w.sheet.busy : w.sheet.open} busy={busy.value} />
    </form>
  );
}

function Opened({ told, summary, messages }: { told: Told; summary: Summary; messages: readonly Message[] }) {
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => top.current?.focus(), []);
  const name = channelName(told.channel);
  const asked = !told.contact || told.opaque;
  const ask = () => {
    const question = isVous(summary.role) ? w.sheet.where.vous : w.sheet.where.tu;
    addToDraft(summary.id, "reply", question);
    pane.value = "messages";
    focusNext.value = "reply";
    dismiss();
  };
  return (
    <>
      <section>
        <h3 ref={top} tabIndex={-1}>
          {w.sheet.reach}
        </h3>
        {told.contact ? (
          <>
            <p class="reach">
              {told.opaque ? w.sheet.opaque(name) : w.sheet.number} <b>{spaced(told.contact)}</b>
            </p>
            {told.opaque && <p>{w.sheet.opaqueWhy(name)}</p>}
          </>
        ) : (
          <p>{noWay(told.channel)}</p>
        )}
        {asked && told.channel !== "telephone" && isMine(summary) && (
          <button type="button" class="secondary" onClick={ask}>
            {w.sheet.ask}
          </button>
        )}
      </section>
      <section>
        <h3>{w.sheet.read}</h3>
        <p class="quiet">{w.sheet.which}</p>
        <Spoken told={told} messages={messages} />
      </section>
      <Buttons back={w.sheet.close} />
    </>
  );
}

/** What is said on the telephone: what we know in the order it is asked, then what we do not. */
function Spoken({ told, messages }: { told: Told; messages: readonly Message[] }) {
  const { card } = told;
  const known = [
    card.role !== "inconnu" && card.role && roleName(card.role),
    card.age_band !== "non_dit" && ageName(card.age_band),
  ].filter(Boolean);
  const what = [...new Set([card.issue && issueName(card.issue), ...card.reasons.map((one) => ruleName(one.rule))])];
  const quotes = card.reasons
    .map(({ seq, start, end }) => excerpt(messages.find((one) => one.seq === seq)?.text ?? "", start, end))
    .filter(Boolean);
  return (
    <div class="spoken">
      <p>{w.sheet.me}</p>
      <p>
        {began(told.channel, dateOf(told.opened_at))}{" "}
        {told.heard_at && told.channel !== "telephone" && w.sheet.heard(dateOf(told.heard_at))}
      </p>
      {known.length > 0 && <p>{w.sheet.who(known.join(", "))}</p>}
      {what.some(Boolean) && <p>{w.sheet.what(what.filter(Boolean).join(", "))}</p>}
      {quotes.length > 0 && (
        <p dir="auto">
          {w.sheet.said} {quotes.map((one) => `«\u00a0${clip(one, 90)}\u00a0»`).join(", ")}.
        </p>
      )}
      {card.facts.length > 0 && (
        <ul>
          {card.facts.map((fact) => (
            <li key={`${fact.name}-${fact.seq}`}>
              <bdi>{factName(fact.name)}</bdi>&nbsp;: <bdi>{factValue(fact.name, fact.value)}</bdi>
            </li>
          ))}
        </ul>
      )}
      <p>
        <b>{w.sheet.unknown(missing(card).map(unknownName).join(", "))}</b>
      </p>
    </div>
  );
}

/** What who answers will ask, and we cannot tell. A name and an address are never known for sure. */
function missing(card: Card): string[] {
  const has = (name: string) => card.facts.some((fact) => fact.name === name);
  const wanted = [
    ...(has("place") ? [] : ["place"]),
    ...(!card.role || card.role === "inconnu" ? ["role"] : []),
    ...(!card.age_band || card.age_band === "non_dit" ? ["age_band"] : []),
    ...(card.issue === "ideation_suicidaire" && !has("means") ? ["means"] : []),
  ];
  return wanted.length ? wanted : ["name"];
}

function began(channel: string, at: string): string {
  if (channel === "telephone") return w.sheet.calls(at);
  return channel === "web" ? w.sheet.sinceWeb(at) : w.sheet.since(channelName(channel), at);
}

function noWay(channel: string): string {
  return channel === "web" || channel === "telephone" ? w.sheet.none[channel] : w.sheet.none.other;
}

/** A French number in pairs, as it is read out; anything else as it is. */
function spaced(contact: string): string {
  const french = /^(?:\+33|0)([1-9])(\d{8})$/.exec(contact.replaceAll(/[ .()-]/g, ""));
  return french ? `0${french[1]}\u00a0${french[2]?.match(/../g)?.join("\u00a0")}` : contact;
}
