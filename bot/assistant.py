"""The client of Rasa: one turn of dialogue over HTTP, under a time limit and a circuit breaker.

Promises: `turn` returns a usable answer or raises AssistantUnavailable, within the time limit;
after repeated failures it raises at once, so that people go to a human without waiting; no error
and no log line carries what a person wrote.

It never retries: a turn is stateless, so the caller may, but a person is better than a second wait.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import aiohttp

from bot.screen import facts as stated
from core.assessment import Assessment, Fact
from core.assistant import AssistantRequest, AssistantTurn, HandOver, Said
from core.errors import AssistantUnavailable
from core.labels import AgeBand, Issue, Role, Urgency
from core.skills import Language

log = logging.getLogger(__name__)

PATH = "/webhooks/turn/webhook"
MAX_ANSWER_BYTES = 512 * 1024

# What the form writes where a person gave no answer.
_NO_ANSWER = ("inconnu", "non_dit")

# What a suspended assistant is asked, to know whether it works again.
_PROBE = AssistantRequest(text="bonjour")

# How likely each intent is in a text, where somebody has just read it.
ReadLately = Callable[[str], Mapping[str, float] | None]

L = TypeVar("L", bound=StrEnum)


class Breaker:
    """Opens after `failures` in a row; then lets one try through every `pause` seconds."""

    def __init__(
        self, *, failures: int, pause: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._pause, self._clock = failures, pause, clock
        self._failed = 0
        self._next_try = 0.0

    @property
    def open(self) -> bool:
        """True while calls are refused or only probes pass."""
        return self._failed >= self._limit

    def admit(self) -> bool:
        """May this call go out? When open, the call admitted is the probe of this pause."""
        if not self.open:
            return True
        now = self._clock()
        if now < self._next_try:
            return False
        self._next_try = now + self._pause
        return True

    def succeeded(self) -> None:
        self._failed = 0

    def failed(self) -> None:
        self._failed += 1
        if self.open:
            self._next_try = self._clock() + self._pause


class RasaAssistant:
    """Implements `core.ports.Assistant`. Must be made in a running loop, and closed at the end."""

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        timeout: float = 4.0,
        breaker: Breaker | None = None,
        read_lately: ReadLately = lambda text: None,
    ) -> None:
        """What was `read_lately` goes along, so that Rasa need not read it again."""
        self._session = aiohttp.ClientSession()
        self._url = url.rstrip("/") + PATH
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._time_limit = timeout
        self._breaker = breaker or Breaker(failures=3, pause=5.0)
        self._read_lately = read_lately

    @property
    def suspended(self) -> bool:
        """True while the circuit is open: for health and metrics."""
        return self._breaker.open

    async def turn(self, request: AssistantRequest) -> AssistantTurn:
        """One turn of dialogue. Raises AssistantUnavailable: slow, dead, or no usable answer."""
        question = _question(request, self._read_lately(request.text))
        if not self._breaker.admit():
            raise AssistantUnavailable("suspended after repeated failures")
        try:
            # One limit over connecting, waiting and reading.
            async with asyncio.timeout(self._time_limit):
                status, body = await self._ask(question)
            answer = _answer(status, body, chosen=request.choice is not None)
        except AssistantUnavailable as error:
            self._failed(str(error))
            raise
        except asyncio.CancelledError:
            # The caller gave up, a shutdown perhaps: that says nothing about the assistant.
            raise
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            reason = type(error).__name__
            self._failed(reason)
            raise AssistantUnavailable(reason) from None
        if answer is None:
            self._breaker.succeeded()
            raise AssistantUnavailable("the turn was refused as malformed")
        self._breaker.succeeded()
        return answer

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()

    async def works(self) -> bool:
        """Does the assistant answer? Never raises.

        While suspended it is asked for a whole turn of our own: that closes the circuit again
        when it succeeds, so that a quiet night does not leave the first person to pay for it.
        """
        try:
            if self.suspended:
                async with asyncio.timeout(self._time_limit):
                    status, body = await self._ask(_question(_PROBE, None))
                if _answer(status, body, chosen=False) is None:
                    return False
                self._breaker.succeeded()
                return True
            async with asyncio.timeout(min(self._time_limit, 1.0)):
                async with self._session.get(
                    self._url.removesuffix("webhook"), headers=self._headers
                ) as response:
                    return response.status == 200
        except (AssistantUnavailable, TimeoutError, aiohttp.ClientError, OSError):
            return False

    async def _ask(self, question: dict[str, Any]) -> tuple[int, bytes]:
        async with self._session.post(self._url, json=question, headers=self._headers) as response:
            body = await response.content.read(MAX_ANSWER_BYTES + 1)
            while len(body) <= MAX_ANSWER_BYTES and (
                more := await response.content.read(MAX_ANSWER_BYTES + 1 - len(body))
            ):
                body += more
            return response.status, body

    def _failed(self, reason: str) -> None:
        was_open = self._breaker.open
        self._breaker.failed()
        log.warning("assistant failed: %s", reason)
        if self._breaker.open and not was_open:
            log.error("assistant suspended: people go straight to a human")


def _question(request: AssistantRequest, read: Mapping[str, float] | None) -> dict[str, Any]:
    try:
        events = json.loads(request.dialogue) if request.dialogue else []
    except ValueError:
        # Damaged state is no reason to leave somebody alone: the dialogue starts again.
        events = []
    return {
        "text": request.text,
        "choice": request.choice,
        "events": events,
        "known": dict(request.known),
        "intents": None if read is None else dict(read),
    }


def _answer(status: int, body: bytes, *, chosen: bool) -> AssistantTurn | None:
    """The turn, None where the request itself was refused; raises AssistantUnavailable."""
    if status in (400, 422):
        return None
    if status != 200:
        raise AssistantUnavailable(f"status {status}")
    if len(body) > MAX_ANSWER_BYTES:
        raise AssistantUnavailable("answer too long")
    try:
        return _turn(json.loads(body), chosen=chosen)
    except (ValueError, KeyError, TypeError, AttributeError):
        # `from None`: the original error may quote the answer, and the answer the person.
        raise AssistantUnavailable("unusable answer") from None


def _turn(body: dict[str, Any], *, chosen: bool) -> AssistantTurn:
    said = tuple(
        Said(str(m["sentence"]), {str(k): str(v) for k, v in (m.get("values") or {}).items()})
        for m in body["messages"]
    )
    hand_over = HandOver(body["hand_over"]) if body.get("hand_over") else None
    if not said and hand_over is None:
        raise AssistantUnavailable("empty turn")
    if not isinstance(body["events"], list):
        raise TypeError("events")
    return AssistantTurn(
        said=said,
        dialogue=json.dumps(body["events"], ensure_ascii=False, separators=(",", ":")),
        assessment=_assessment(body["understood"], body["facts"], hand_over, chosen=chosen),
        hand_over=hand_over,
        language=_label(Language, body.get("language")),
    )


def _assessment(
    understood: dict[str, Any], facts: dict[str, Any], hand_over: HandOver | None, *, chosen: bool
) -> Assessment:
    # What a text is about was read before, with all that was said: "la semaine dernière" alone is
    # about nothing. A tapped choice and thoughts of dying, said, are the dialogue's to tell.
    told_here = chosen or facts.get("death_thoughts") == "oui"
    issue = _label(Issue, understood.get("issue")) if told_here else None
    sure = float(understood["issue_confidence"]) if issue else 0.0
    told = {k: str(v) for k, v in facts.items() if isinstance(v, str) and v not in _NO_ANSWER}
    return Assessment(
        # How urgent the words are was read before the assistant was asked.
        urgency=Urgency.ELEVEE if hand_over is HandOver.DANGER else Urgency.FAIBLE,
        issue=issue,
        issue_secondary=_label(Issue, understood.get("issue_secondary")) if issue else None,
        confidence=sure or None,  # a "yes" is no reading, so it has none
        role=_label(Role, facts.get("role")),
        platform=told.get("platform"),
        age_band=_label(AgeBand, told.get("age_band")),
        facts=tuple(
            Fact(_name(k, told[k]), told[k]) for k in ("since", "death_thoughts") if k in told
        ),
    )


def _name(fact: str, value: str) -> str:
    """One question asks since when and what is demanded: "200e" answers the second."""
    return "demand" if fact == "since" and stated.only_demanded(value) else fact


def _label(labels: type[L], value: object) -> L | None:
    """The label, or None where it is absent or not one of ours."""
    return next((label for label in labels if label.value == value), None)
