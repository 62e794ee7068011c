"""What was on a console's screen, moment by moment: kept by the page itself, read at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# Looks after every change, once the page has finished it. What it keeps: each message of each
# conversation that was open, the same message twice at once, and any row of danger below another.
WATCH = """
(() => {
  const eyes = { seen: {}, twice: [], order: [], rows: 0 };
  window.__eyes = eyes;
  let due = false;
  const look = () => {
    due = false;
    const here = document.querySelector("button.item[aria-current]")?.dataset.id;
    const log = document.getElementById("log");
    if (here && log) {
      const seen = (eyes.seen[here] ??= {});
      const now = new Set();
      for (const one of log.querySelectorAll("article.message[id]")) {
        if (now.has(one.id)) eyes.twice.push(`${here} ${one.id}`);
        now.add(one.id);
        seen[one.id.slice(1)] = [
          one.classList[1],
          one.querySelector(".text")?.textContent ?? "",
        ];
      }
    }
    // While somebody points at the list its order stands still, and says so.
    if (document.querySelector(".queue .frozen span")) return;
    const rows = [...document.querySelectorAll(".queue .row:not(.left)")];
    eyes.rows = Math.max(eyes.rows, rows.length);
    const grave = rows.map((row) => row.classList.contains("u-critique"));
    if (grave.lastIndexOf(true) > grave.indexOf(false) && grave.includes(false)) {
      eyes.order.push(rows.map((row) => row.dataset.id));
    }
  };
  new MutationObserver(() => {
    if (due) return;
    due = true;
    setTimeout(look, 0);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
})();
"""


@dataclass
class Eyes:
    """What one screen showed. `seen`: conversation, number, who spoke and the words."""

    seen: dict[str, dict[int, tuple[str, str]]] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    order: list[list[str]] = field(default_factory=list)
    # The most rows that were in the queue at once: 0 means that nobody looked.
    rows: int = 0

    def add(self, told: dict[str, Any]) -> None:
        """What a page kept since it was opened."""
        for id_, messages in told["seen"].items():
            known = self.seen.setdefault(id_, {})
            for number, (who, words) in messages.items():
                known[int(number)] = (who, words)
        self.twice += told["twice"]
        self.order += told["order"]
        self.rows = max(self.rows, told["rows"])
