"""Asks Rasa what one message is about, as the first turn of a conversation of its own."""

from typing import Any

import aiohttp

from bot.triage import Understanding
from core.labels import Issue

_PATH = "/webhooks/turn/webhook"


class RasaClassifier:
    """Implements `bot.triage.Classify`: None where Rasa has no answer, never an exception.

    `unanswered` counts those, so that the caller can say how much is the keywords' work.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url + _PATH
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.unanswered = 0

    async def __call__(self, text: str) -> Understanding | None:
        """What Rasa understands of the text alone."""
        question: dict[str, Any] = {"text": text, "choice": None, "events": [], "known": {}}
        try:
            async with self._session.post(
                self._url, json=question, headers=self._headers
            ) as response:
                if response.status == 200:
                    return _understanding((await response.json())["understood"])
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError):
            pass
        self.unanswered += 1
        return None


def _understanding(given: dict[str, Any]) -> Understanding:
    return Understanding(
        issue=_issue(given["issue"]),
        confidence=float(given["issue_confidence"] or 0),
        secondary=_issue(given["issue_secondary"]),
        danger_probability=float(given["danger_probability"] or 0),
    )


def _issue(label: object) -> Issue | None:
    return Issue(label) if isinstance(label, str) and label in set(Issue) else None
