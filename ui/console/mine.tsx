import { Icon } from "./icons";
import { Since, UrgencyTag, urgencyClass } from "./parts";
import { drafts, mine, openConversation, openId, outbox, unread } from "./store";
import { channelName, issueName, platformName, t, who } from "./strings";
import { clockOf } from "./time";
import type { Summary } from "./types";

export function Mine() {
  const list = mine.value;
  return (
    <nav class="mine" aria-labelledby="mine-title">
      <header class="pane-head">
        <h2 id="mine-title">
          {t.mine.title} <span class="count">{list.length}</span>
        </h2>
      </header>
      {list.length === 0 ? (
        <p class="empty">{t.mine.empty}</p>
      ) : (
        <ul>
          {list.map((s) => (
            <Item key={s.id} summary={s} />
          ))}
        </ul>
      )}
    </nav>
  );
}

function Item({ summary: s }: { summary: Summary }) {
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
          {news !== 0 && (
            <span class="mark news">{news > 0 ? t.mine.unread(news) : t.mine.unreadSome}</span>
          )}
          {unsent && <span class="mark">{t.mine.unsent}</span>}
          {!here && drafts.value[s.id] && <span class="mark">{t.mine.draft}</span>}
          <span class="quiet">
            <bdi>{channelName(s.channel)}</bdi>, {t.mine.openedAt(clockOf(s.opened_at))}
          </span>
        </span>
      </button>
    </li>
  );
}
