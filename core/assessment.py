"""What triage believes about a conversation, and why. It only ever grows more worried."""

from dataclasses import dataclass, replace

from core.labels import AgeBand, Issue, Role, Urgency

#: The fact that the person concerned is a minor, where nobody told how old they are.
MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Reason:
    """Words that raised the urgency: `rule` fired on characters `start` to `end` of message `seq`.

    Offsets count Unicode code points of the text as the person sent it, `end` excluded.
    """

    seq: int
    start: int
    end: int
    rule: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing learned, and the message it came from (`None`: from a tapped choice or a form)."""

    name: str
    value: str
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The state of triage. `incomplete` says that the assistant could not finish its work.

    `unheard`: something was said that no machine can read (a voice, an image, a place); the
    urgency is then a lower bound, and in truth unknown. `settled`: a listener has said what it is;
    from then on a machine adds nothing but danger.
    """

    urgency: Urgency = Urgency.FAIBLE
    issue: Issue | None = None
    issue_secondary: Issue | None = None
    confidence: float | None = None
    role: Role | None = None
    platform: str | None = None
    age_band: AgeBand | None = None
    facts: tuple[Fact, ...] = ()
    reasons: tuple[Reason, ...] = ()
    incomplete: bool = False
    unheard: bool = False
    settled: bool = False

    @property
    def is_danger(self) -> bool:
        """Whether a life may be at stake: critical, or a danger that is more than a doubt."""
        grave = self.urgency.rank >= Urgency.ELEVEE.rank
        return self.urgency is Urgency.CRITIQUE or (grave and self.issue in GRAVE)

    def merged(self, newer: "Assessment") -> "Assessment":
        """This assessment with what `newer` adds. Urgency never falls, reasons are never lost.

        A newer known value replaces an older one; an unknown never erases a known. An issue of
        danger stays the main issue once found: the newer one becomes secondary. What a listener
        settled stays, but that new danger makes it urgent again.
        """
        if self.settled:
            return self._with_danger_of(newer)
        issue, secondary = newer.issue or self.issue, newer.issue_secondary or self.issue_secondary
        if self.issue in GRAVE and newer.issue not in GRAVE:
            issue = self.issue
            secondary = secondary if newer.issue in (None, *SAYS_NOTHING) else newer.issue
        elif (
            newer.issue in SAYS_NOTHING
            and self.issue not in SAYS_NOTHING[: SAYS_NOTHING.index(newer.issue)]
        ):
            issue = self.issue or newer.issue
        elif newer.issue in QUIET and self.issue not in (None, *QUIET, *SAYS_NOTHING):
            issue = self.issue
        return replace(
            self,
            urgency=self.urgency.at_least(newer.urgency),
            issue=issue,
            issue_secondary=None if secondary in (issue, *SAYS_NOTHING) else secondary,
            confidence=self._confidence_in(issue, newer),
            role=_known(newer.role, self.role),
            platform=newer.platform or self.platform,
            age_band=_finer(newer.age_band, self.age_band),
            facts=self._facts_with(newer),
            reasons=tuple(dict.fromkeys((*self.reasons, *newer.reasons))),
            incomplete=self.incomplete or newer.incomplete,
            unheard=self.unheard or newer.unheard,
        )

    def _with_danger_of(self, newer: "Assessment") -> "Assessment":
        grave = newer.is_danger
        beside = newer.issue if grave and newer.issue != self.issue else None
        return replace(
            self,
            urgency=self.urgency.at_least(newer.urgency) if grave else self.urgency,
            issue_secondary=beside or self.issue_secondary,
            facts=self._facts_with(newer),
            reasons=tuple(dict.fromkeys((*self.reasons, *newer.reasons))),
            unheard=self.unheard or newer.unheard,
        )

    def _facts_with(self, newer: "Assessment") -> tuple[Fact, ...]:
        """The newer of each; told again, it keeps the message it came from. Who speaks of dying
        after a "no" has taken it back."""
        taken_back = newer.is_danger and newer.issue is Issue.IDEATION_SUICIDAIRE
        facts = {f.name: f for f in self.facts if not (taken_back and _denies_dying(f))}
        for fact in newer.facts:
            known = facts.get(fact.name)
            if known is None or known.value != fact.value or known.seq is None:
                facts[fact.name] = fact
        return tuple(facts.values())

    def _confidence_in(self, issue: Issue | None, newer: "Assessment") -> float | None:
        """How sure triage is of the issue: an answer to a form says nothing against it."""
        told = [one.confidence for one in (self, newer) if one.issue == issue]
        return max((one for one in told if one is not None), default=None)

    def without_words_of(self, seq: int) -> "Assessment":
        """What is known stays; where it stood in message `seq`, whose words are gone, does not."""
        return replace(self, reasons=nowhere(self.reasons, seq))

    def carried_over(self) -> "Assessment":
        """What goes on into the person's next conversation: not what points into this one."""
        facts = tuple(replace(fact, seq=None) for fact in self.facts)
        return replace(self, reasons=(), facts=facts, settled=False)


def nowhere(reasons: tuple[Reason, ...], seq: int) -> tuple[Reason, ...]:
    """The same reasons, those of message `seq` without where they stood in it."""
    return tuple(replace(one, start=0, end=0) if one.seq == seq else one for one in reasons)


# Where every conversation starts.
NOTHING_KNOWN = Assessment()

# Issues in which a life may be at stake.
GRAVE = frozenset({Issue.IDEATION_SUICIDAIRE, Issue.DANGER_PHYSIQUE})
#: In these nobody is harmed by anybody: beside a harm that was told they stay behind it.
QUIET = frozenset(
    {Issue.CONTROLE_PARENTAL, Issue.PARAMETRAGE_COMPTE, Issue.SUREXPOSITION_ECRANS_JEUX}
)
#: A greeting or a request for a human says nothing of the problem: it never replaces an issue, and
#: beside one it is not named. Of these, the later in this list says more: who asks for a human
#: after small talk asks for one.
SAYS_NOTHING = (Issue.SALUTATION, Issue.AUTRE_HORS_SUJET, Issue.DEMANDE_HUMAIN)


def _denies_dying(fact: Fact) -> bool:
    return (fact.name, fact.value) == ("death_thoughts", "non")


def _known(newer: Role | None, older: Role | None) -> Role | None:
    if newer is Role.VICTIME_AGE_INCONNU and older in (Role.VICTIME_MINEURE, Role.VICTIME_MAJEURE):
        return older  # that of the person's other messages says more
    return newer if newer not in (None, Role.INCONNU) else (older or newer)


def _finer(newer: AgeBand | None, older: AgeBand | None) -> AgeBand | None:
    """The newer band, unless it only says more coarsely what is known."""
    if newer is AgeBand.MOINS_15 and older is AgeBand.MOINS_13:
        return older
    return newer or older
