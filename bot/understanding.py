"""What a message is about, how urgent it is and who writes: the learned reading beside the screen.

The learned model reads in process, so that neither a slow nor a dead assistant changes what is
known of a person. Where none was trained yet, the first reading stands in: the counts alone, kept
in the repository. It is poorer, so it hesitates towards a human, and says that it is incomplete.

Urgency is the graver of the two, with one exception: a sign that is no set wording of mortal danger
does not count where the model is all but sure that nobody is concerned. The bars were chosen on
training data held out by groups (docs/triage.md), never on the evaluation's.
"""

import asyncio
import io
import logging
import re
import tarfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from bot import telling
from bot.lately import Lately
from bot.reading_model import Reading, ReadingModel
from bot.reading_model.files import FIRST_READING, model_path, newest_model
from core.assessment import SAYS_NOTHING, Assessment, Reason
from core.labels import Issue, Role, Urgency

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """How likely a reading must be to count, between 0 and 1."""

    #: Danger need not be the likeliest to count: `critique` alone, or with `elevee`, alarms.
    critique_alone: float
    with_elevee: float
    #: What alarms is the gravest already where that is this likely: it costs no further alarm.
    critique_at: float
    moderee_at: float = 0.5
    #: From here on "nobody is concerned" outweighs a sign; None: a sign always stands.
    harmless_at: float | None = None


LEARNED = Bars(critique_alone=0.2, with_elevee=0.32, critique_at=0.1, harmless_at=0.8)
FIRST = Bars(critique_alone=0.2, with_elevee=0.3, critique_at=0.05)
#: A second issue is named where the first leaves it this much.
SECOND_AT = 0.15

#: One reading looks at this many characters; a longer text is read in pieces, the gravest counts.
PIECE, OVERLAP = 1200, 150
#: As many beginnings of a message, each up to the end of a line, are read without what follows:
#: a line put behind can add to what was said, not take from it.
BEGINNINGS = 8

# The dialogue's own intents: they say nothing of a problem.
_SERVICE = "question_service"
_ISSUES = {issue.value: issue for issue in Issue}
_DANGERS = frozenset({Issue.IDEATION_SUICIDAIRE, Issue.DANGER_PHYSIQUE})
# Words that the screen reads and the model does not: a sign or a figure for a letter ("su1c1de"),
# letters one by one, letters of another alphabet, signs that nobody sees.
_DISGUISED = re.compile(
    r"[^\W\d_][\d@$€|*]+[^\W\d_]|(?<!\w)\w(?:\W{1,3}\w(?!\w)){3}"
    r"|[\u0370-\u052f\u00ad\u200b-\u200f\u2060\ufeff]"
)
# Tears alone are distress of which nobody knows the reason (the guide's R2): it is asked for.
_SAD = "😭😢😿😞😔😟🥺😥😓😣😖😩😫☹🙁💔"
_TEARS = re.compile(rf"[\s.!?…\ufe0f{_SAD}]*[{_SAD}]\ufe0f?[\s.!?…]*")
_MEMBER = "reading.npz"
_LINE_END = re.compile(r"(?<=\S)\s*\n")

# Where in a text the words stand that speak most for its urgency.
Words = Callable[[str], Sequence[telling.Span]]


class Read:
    """What the model makes of one piece of text."""

    def __init__(
        self,
        reading: Reading,
        text: str,
        start: int = 0,
        urgent_words: Words = lambda text: (),
        bars: Bars = LEARNED,
    ) -> None:
        """`text` stands at `start` of the message; `urgent_words` are asked for where it is
        urgent."""
        faible, moderee, elevee, critique = reading.urgency
        self.harmless = bars.harmless_at is not None and faible >= bars.harmless_at
        if _TEARS.fullmatch(text):
            self.urgency = Urgency.MODEREE
        elif critique >= bars.critique_alone or critique + elevee >= bars.with_elevee:
            grave = critique >= bars.critique_at
            self.urgency = Urgency.CRITIQUE if grave else Urgency.ELEVEE
        elif critique + elevee + moderee >= bars.moderee_at:
            self.urgency = Urgency.MODEREE
        else:
            self.urgency = Urgency.FAIBLE
        chances = dict.fromkeys(Issue, 0.0)
        for intent, chance in reading.intents.items():
            # Hours, price, anonymity: the triage guide files them with asking for a person.
            issue = Issue.DEMANDE_HUMAIN if intent == _SERVICE else _ISSUES.get(intent)
            if issue is not None:
                chances[issue] += chance
        ranked = sorted(chances, key=lambda issue: -chances[issue])
        aside = max((p for i, p in reading.intents.items() if i not in _ISSUES), default=0.0)
        about_problem = chances[ranked[0]] >= aside
        self.issue = ranked[0] if about_problem else None
        self.confidence = round(chances[ranked[0]], 4) if about_problem else None
        beside = next(issue for issue in ranked[1:] if issue not in SAYS_NOTHING)
        told = about_problem and chances[beside] >= SECOND_AT
        self.secondary = beside if told else None
        self.role = Role(max(reading.roles, key=lambda name: reading.roles[name]))
        self.reasons: tuple[Reason, ...] = ()
        if self.urgency.rank >= Urgency.ELEVEE.rank:
            rule = f"lecture_{self.urgency.value}"
            self.reasons = tuple(
                Reason(0, start + first, start + last, rule, self.urgency)
                for first, last in telling.shown(text, urgent_words(text))
            )


class Understanding:
    """Completes the screen's reading. Safe to use from several threads; never raises for any text.

    The model may be trained while the gateway already runs: `look` again finds it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._model: ReadingModel | None = None
        self._tried: Path | None = None
        self._current = False
        self._lock = threading.Lock()
        self._lately = Lately()

    @property
    def learned(self) -> bool:
        """Whether the learned model reads; otherwise the first reading does."""
        return self._model is not None

    def look(self) -> None:
        """Load the model of the present files, or the newest there is. Slow: call it in a thread.

        Does nothing once the former is loaded; an older one is replaced when the new one is there.
        """
        with self._lock:
            if self._current:
                return
            path = newest_model(self._root)
            if path is None:
                first_reading()  # so that the first person to write does not wait for it
                return
            if path == self._tried:
                return
            self._tried = path
            try:
                self._model = _load(path)
            except (OSError, KeyError, ValueError, EOFError, tarfile.TarError) as error:
                # A model of an older version, or cut short: what read until now reads on.
                log.warning("model not loaded: %s", type(error).__name__)
            else:
                self._current = path == model_path(self._root)
                self._lately.forget()

    async def works(self) -> bool:
        """Whether the learned model reads; looks for it again where it does not. Never raises."""
        if not self._current:
            await asyncio.to_thread(self.look)
        return self.learned

    def __call__(self, screened: Assessment, text: str) -> Assessment:
        """`screened` with issue, urgency, role and confidence; reasons carry `seq` 0."""
        learned = self._model
        found = screened
        if text.strip():
            model, bars = (first_reading(), FIRST) if learned is None else (learned, LEARNED)
            read = [self._piece(model, bars, text[start:end], start) for start, end in pieces(text)]
            found = weighed(screened, read, legible=_legible(screened, text))
        return replace(found, incomplete=found.incomplete or learned is None)

    def lately(self, text: str) -> Mapping[str, float] | None:
        """How likely each intent is in exactly this text, where the model of the present files
        has just read it."""
        reading = self._lately.of(text) if self._current else None
        return None if reading is None else reading.intents

    def _piece(self, model: ReadingModel, bars: Bars, text: str, start: int) -> Read:
        reading = self._lately.of(text) or model.read(text)
        self._lately.keep(text, reading)
        return Read(reading, text, start, model.urgent_words, bars)


@cache
def first_reading() -> ReadingModel:
    """What is there before any training; loaded once, in some milliseconds."""
    root = Path(__file__).resolve().parents[1]
    with (root / FIRST_READING).open("rb") as file:
        return ReadingModel.load(file)


def pieces(text: str) -> list[tuple[int, int]]:
    """The parts of a text that are read each by itself, the gravest of which counts."""
    windows = [(start, start + PIECE + OVERLAP) for start in range(0, max(len(text), 1), PIECE)]
    ends = [found.start() for found in _LINE_END.finditer(text, 0, PIECE + OVERLAP)]
    return [*windows, *((0, end) for end in ends[:BEGINNINGS])]


def _legible(screened: Assessment, text: str) -> bool:
    """Whether the model can read the words of all the screen's signs."""
    return not any(_DISGUISED.search(text, one.start, one.end) for one in screened.reasons)


def weighed(screened: Assessment, read: list[Read], *, legible: bool = True) -> Assessment:
    """The screen's reading and the model's, piece by piece, as one.

    The model's doubt counts only where it could read the signs (`legible`): who disguises a word
    is not harmless for that.
    """
    main = max(read, key=lambda one: (one.urgency.rank, one.issue in _DANGERS, one.confidence or 0))
    harmless = legible and all(one.harmless for one in read)
    urgency, reasons = screened.urgency, screened.reasons
    issue, secondary = main.issue, main.secondary
    doubted = harmless and not screened.incomplete  # a screen that failed stands
    if doubted and urgency is not Urgency.CRITIQUE:
        urgency, reasons = Urgency.FAIBLE, ()
    elif screened.issue is not None and screened.issue is not issue:
        certain = screened.issue in _DANGERS and urgency.rank >= Urgency.ELEVEE.rank
        if certain or issue is None:
            issue, secondary = screened.issue, issue
        elif secondary is None and urgency.rank >= Urgency.MODEREE.rank:
            secondary = screened.issue
    # A role in plain words ("je suis prof") is seldom wrong.
    role = main.role if screened.role in (None, Role.INCONNU) else screened.role
    return replace(
        screened,
        urgency=urgency.at_least(max((one.urgency for one in read), key=lambda u: u.rank)),
        issue=issue,
        issue_secondary=None if secondary in (issue, *SAYS_NOTHING) else secondary,
        confidence=main.confidence if issue is main.issue else None,
        role=role,
        reasons=(*reasons, *(reason for one in read for reason in one.reasons)),
    )


def _load(path: Path) -> ReadingModel:
    with tarfile.open(path) as archive:
        member = next((m for m in archive if m.name.endswith("/" + _MEMBER)), None)
        file = archive.extractfile(member) if member is not None else None
        if file is None:
            raise KeyError(_MEMBER)
        return ReadingModel.load(io.BytesIO(file.read()))
