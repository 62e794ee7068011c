import type { ComponentChildren } from "preact";
import { Aftercare } from "./aftercare";
import { Readers } from "./along";
import { FollowUpPart } from "./following";
import { Icon } from "./icons";
import { isCall } from "./kinds";
import { Opens } from "./modal";
import { UrgencyTag } from "./parts";
import { Needs } from "./skills";
import { Notes } from "./passing";
import type { Thread } from "./store";
import {
  ageName,
  channelName,
  confidence,
  factName,
  factValue,
  issueName,
  limitsOf,
  originName,
  platformName,
  roleName,
  ruleName,
  t,
  unknownName,
  URGENCY,
  words,
} from "./strings";
import { o } from "./strings-service";
import { clip, excerpt } from "./text";
import type { Message, Summary } from "./types";

interface Props {
  thread: Thread;
  summary: Summary;
  goTo: (seq: number) => void;
}

/** The hand-off card: so that nobody has to tell their story twice. */
export function CardPanel({ thread: { card, messages, notes }, summary, goTo }: Props) {
  const message = (seq: number): Message | undefined => messages.find((m) => m.seq === seq);
  const reasons = card.reasons.map((reason) => {
    const source = message(reason.seq);
    return { reason, words: source ? excerpt(source.text, reason.start, reason.end) : "" };
  });
  const shown = card.shown.filter((one, i, all) => all.findIndex((o) => o.seq === one.seq) === i);
  const unknown = [...new Set(card.unknown.map(unknownName))];
  return (
    <aside class="card" aria-label={t.card.label} id="card" tabIndex={0}>
      {card.incomplete && <p class="notice">{t.card.incomplete}</p>}
      <Opens name="orient">{o.open}</Opens>
      {summary.joined && !isCall(summary) && (
        <section>
          <Aftercare key={summary.joined} name="half" summary={summary} />
        </section>
      )}
      <section>
        <h3>{t.card.why}</h3>
        <UrgencyTag urgency={card.urgency} />
        {reasons.length === 0 ? (
          <p class="quiet">{t.card.noReason}</p>
        ) : (
          <ul class="reasons">
            {reasons.map(({ reason, words: said }) => (
              <li key={`${reason.seq}-${reason.start}-${reason.end}-${reason.rule}`}>
                <button type="button" class="jump" onClick={() => goTo(reason.seq)}>
                  <span class="said">
                    {said ? (
                      <>
                        «&nbsp;<bdi>{clip(said, 90)}</bdi>&nbsp;»
                      </>
                    ) : (
                      t.card.seeMessage(reason.seq)
                    )}
                  </span>
                  <span class="rule">
                    <bdi>{ruleName(reason.rule)}</bdi> · {URGENCY[reason.urgency]}
                    <Icon name="link" />
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {card.settled && <p class="quiet">{t.triage.settled}</p>}
        <Opens name="triage">{t.triage.button}</Opens>
      </section>
      <section>
        <dl class="facts">
          <Line name={t.card.issue} value={card.issue && issueName(card.issue)} strong />
          {card.issue_secondary && <Line name={t.card.also} value={issueName(card.issue_secondary)} />}
          <Line
            name={isCall(summary) ? t.card.caller : t.card.role}
            value={card.role && card.role !== "inconnu" ? roleName(card.role) : null}
            strong
          />
          <Line name={t.card.age} value={ageName(card.age_band)} strong />
          <Line name={t.card.platform} value={platformName(card.platform)} />
          <Line name={t.card.channel} value={channelName(summary.channel)} />
          {limitsOf(summary.channel) && <Line name={t.card.limits} value={limitsOf(summary.channel)} />}
          {summary.origin && <Line name={t.card.origin} value={originName(summary.origin)} />}
          {summary.previous && <Line name={t.card.before} value={t.card.beforeYes} />}
          {card.confidence !== null && (
            <Line name={t.card.confidence} value={confidence(card.confidence)} />
          )}
        </dl>
        {!isCall(summary) && (
          <Opens name="writer">{t.writer.button}</Opens>
        )}
        {summary.previous && (
          <Opens name="earlier">{t.earlier.open}</Opens>
        )}
      </section>
      <FollowUpPart summary={summary} />
      <Readers summary={summary} />
      <Needs summary={summary} />
      {!isCall(summary) && <Notes id={summary.id} notes={notes} />}
      <section>
        <h3>{t.card.facts}</h3>
        {card.facts.length === 0 ? (
          <p class="quiet">{t.card.noFacts}</p>
        ) : (
          <ul class="links">
            {card.facts.map((fact) => (
              <li key={`${fact.name}-${fact.seq}`}>
                {fact.seq === null ? (
                  <span class="jump">
                    <span class="said">
                      <b>{factName(fact.name)}</b> <bdi>{factValue(fact.name, fact.value)}</bdi>
                    </span>
                    <span class="rule">{t.card.fromChoice}</span>
                  </span>
                ) : (
                  <Jump seq={fact.seq} goTo={goTo}>
                    <b>
                      <bdi>{factName(fact.name)}</bdi>
                    </b>{" "}
                    <bdi>{factValue(fact.name, fact.value)}</bdi>
                  </Jump>
                )}
              </li>
            ))}
          </ul>
        )}
        {unknown.length > 0 && (
          <p class="unknown">
            <b>{t.card.unknown}&nbsp;:</b> <bdi>{unknown.join(", ")}</bdi>.
          </p>
        )}
      </section>
      <section>
        <h3>{t.card.shown}</h3>
        {shown.length === 0 ? (
          <p class="quiet">{t.card.noShown}</p>
        ) : (
          <ul class="links">
            {shown.map((one) => (
              <li key={one.seq}>
                <Jump seq={one.seq} goTo={goTo}>
                  <bdi>{clip(message(one.seq)?.text ?? words(one.sentence), 80)}</bdi>
                </Jump>
              </li>
            ))}
          </ul>
        )}
      </section>
    </aside>
  );
}

function Line({ name, value, strong }: { name: string; value: string | null; strong?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={value ? (strong ? "strong" : "") : "not-known"}>
        <bdi>{value || t.card.notKnown}</bdi>
      </dd>
    </div>
  );
}

function Jump(props: { seq: number; goTo: (seq: number) => void; children: ComponentChildren }) {
  return (
    <button type="button" class="jump" onClick={() => props.goTo(props.seq)}>
      <span class="said">{props.children}</span>
      <span class="rule">
        <span class="sr">{t.card.seeMessage(props.seq)}</span>
        <Icon name="link" />
      </span>
    </button>
  );
}
