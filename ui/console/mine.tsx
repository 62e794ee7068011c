import { DueButton } from "./following";
import { Icon } from "./icons";
import { Opens } from "./modal";
import { Channel, Origin, Since, Unheard, UrgencyTag, urgencyClass } from "./parts";
import { Alongside } from "./along";
import { Offers } from "./passing";
import { drafts } from "./drafts";
import { mine, openConversation, openId, outbox, unread } from "./store";
import { issueName, needsOf, platformName, t, who } from "./strings";
import { Joined, NoteCall } from "./telephone";
import { whenOf } from "./time";
import type { Summary } from "./types";
import { singleKeys } from "./view";

export function Mine() {
  const list = mine.value;
  return (
    <nav class="mine" aria-labelledby="mine-title">
      <header class="pane-head">
        <h2 id="mine-title">
          {t.mine.title} <span class="count">{list.length}</span>
        </h2>
        {list.length > 0 && (
          <Opens name="search" class="plain" letter="C">{t.search.open}</Opens>
        )}
      </header>
      <p class="promised">
        <NoteCall />
        <DueButton />
      </p>
      <Offers />
      <Alongside />
      {list.length === 0 ? (
        <p class="empty">{t.mine.empty}</p>
      ) : (
        <ul>
          {list.map((s, i) => (
            <Item key={s.id} summary={s} number={i + 1} />
          ))}
        </ul>
      )}
    </nav>
  );
}

function Item({ summary: s, number }: { summary: Summary; number: number }) {
  const here = openId.value === s.id;
  const news = here ? 0 : unread(s);
  const unsent = outbox.value[s.id];
  const platform = platformName(s.platform);
  return (
    <li class={`${urgencyClass(s.urgency)}${news ? " unread" : ""}`}>
      <button
        type="button"
        class="item"
        data-id={s.id}
        aria-current={here ? "true" : undefined}
        aria-keyshortcuts={number < 10 && singleKeys.value ? String(number) : undefined}
        onClick={() => void openConversation(s.id)}
      >
        <UrgencyTag urgency={s.urgency} />
        <span class="issue">
          <bdi>{issueName(s.issue)}</bdi>
        </span>
        <span class="who">
          <bdi>{[who(s), platform].filter(Boolean).join(" · ")}</bdi>
        </span>
        <span class="marks">
          {s.danger_since && (
            <span class="mark danger">
              <Icon name="alarm" />
              {t.queue.danger} <Since at={s.danger_since} seconds />
            </span>
          )}
          {s.unheard && <Unheard urgency={s.urgency} />}
          {needsOf(s) && <span class="mark">{t.needs.mark(needsOf(s) ?? "")}</span>}
          {news !== 0 && (
            <span class="mark news">{news > 0 ? t.mine.unread(news) : t.mine.unreadSome}</span>
          )}
          <Joined summary={s} />
          {unsent?.some(({ state }) => state !== "refused") && <span class="mark">{t.mine.unsent}</span>}
          {unsent?.some(({ state }) => state === "refused") && <span class="mark danger">{t.mine.refused}</span>}
          {!here && drafts.value[s.id] && <span class="mark">{t.mine.draft}</span>}
          <span class="quiet">
            <Channel name={s.channel} />, {t.mine.opened(whenOf(s.opened_at))}
          </span>
          {s.origin && (
            <span class="quiet">
              <Origin code={s.origin} />
            </span>
          )}
          {number < 10 && singleKeys.value && (
            <kbd class="number" aria-hidden="true">
              {number}
            </kbd>
          )}
        </span>
      </button>
    </li>
  );
}
