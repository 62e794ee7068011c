"""The first screen for danger: in process, before and without the classifier.

It hesitates towards a human: what is not clearly a figure of speech counts as said in earnest.
Two layers read every message, and the graver reading counts: set wordings (`rules`), quick and
exact, and signs that add up (`syntax`), where spaCy reads the sentences.
"""

import logging
import re

from bot.screen import context, facts
from bot.screen.lexicon import ALIASES, CLASSES, class_of_words
from bot.screen.matcher import RuleMatcher
from bot.screen.normalise import HARD, NUMBER, SOFT, Normaliser, fold
from bot.screen.rules import parse_rules, words_of
from bot.screen.syntax import ISSUES, Syntax, verdicts
from core.assessment import Assessment, Fact, Reason
from core.labels import Issue, Urgency
from core.screening import Screening

#: Longer texts are better screened in a worker thread: they may take more than 10 milliseconds.
INLINE_LIMIT = 200
_GLANCED = 5000

_MOST_REASONS = 50
# What platforms delete, people write with stars.
_STARRED = frozenset({"SUIC", "SUICIDAL", "KILL", "HANG", "DIE", "DEAD", "RAPE", "SELFHARM", "CUT"})

log = logging.getLogger(__name__)

_BARRIERS = frozenset({HARD, *CLASSES["NEG"].split(), *CLASSES["PLUS"].split()})


class SpacyScreen:
    """Recognises danger in French as it is typed. Safe to use from several threads.

    The rules' state is built once and only read; spaCy reads under a lock, in a memory zone, so
    that no word a person writes stays behind.
    """

    def __init__(self) -> None:
        rules = parse_rules()
        classes = class_of_words()
        self._syntax = Syntax()
        for word in words_of(rules) | facts.SIGN_WORDS | self._syntax.words:
            classes.setdefault(word, "-")
        self._normaliser = Normaliser(
            {w for w in classes if w not in (HARD, SOFT, NUMBER)},
            {form: words for form, words in ALIASES.items() if form != words},
            {word for word, name in classes.items() if name in _STARRED and len(word) >= 4},
        )
        self._matcher = RuleMatcher(rules, classes, _BARRIERS, SOFT)
        named: dict[str, Issue | None] = {rule.name: rule.issue for rule in rules}
        self._issues = {**named, **facts.ISSUES, **ISSUES}

    def screen(self, text: str) -> Screening:
        """The verdict on one message of any length. Never raises for any text."""
        try:
            return Screening(self._assess(text))
        except Exception:
            # Nothing known gets here. If something does, a person must read the message.
            log.exception("screen_failed")
            whole = Reason(0, 0, len(text), "ecran_en_panne", Urgency.ELEVEE)
            return Screening(Assessment(urgency=Urgency.ELEVEE, reasons=(whole,), incomplete=True))

    def glance(self, text: str) -> bool:
        """A microsecond's look: may this text hold danger? Used to order work, never to decide."""
        return _GLANCE.search(text[:_GLANCED].lower()) is not None

    def _assess(self, text: str) -> Assessment:
        folded, index = fold(text)
        words = self._normaliser.words(folded, index)
        reasons: dict[tuple[int, int, str], Reason] = {}
        best: tuple[bool, int, int] | None = None
        issue: Issue | None = None
        found, idioms = self._syntax.signs(text, words)
        forms = [word.form for word in words]
        # The end of the text ends a sentence, too.
        for rule, first, last in self._matcher.matches([*forms, HARD]):
            last = min(last, len(words))
            urgency = context.allowed(rule, words, first, last)
            if urgency is None or any(s < last and first < e for s, e in idioms):
                continue
            start, end = words[first].start, max(w.end for w in words[first:last])
            reason = Reason(0, start, end, rule.name, urgency)
            if len(reasons) < _MOST_REASONS or urgency is Urgency.CRITIQUE:
                reasons.setdefault((start, end, rule.name), reason)
            weight = _weight(rule.issue, urgency)
            if rule.issue is not None and (best is None or weight > best):
                best, issue = weight, rule.issue
        learned = facts.learn(folded)
        for reason, about in (*facts.dangers(learned, words), *verdicts(found, words)):
            reasons.setdefault((reason.start, reason.end, reason.rule), reason)
            weight = _weight(about, reason.urgency)
            if best is None or weight > best:
                best, issue = weight, about
        kept = tuple(
            sorted(reasons.values(), key=lambda r: (-r.urgency.rank, r.start))[:_MOST_REASONS]
        )
        urgency = Urgency.FAIBLE
        for reason in kept:
            urgency = urgency.at_least(reason.urgency)
        secondary = next(
            (i for i in (self._issues[r.rule] for r in kept) if i is not None and i != issue), None
        )
        return Assessment(
            urgency=urgency,
            issue=issue,
            issue_secondary=secondary if issue is not None else None,
            role=learned.role,
            platform=learned.platform,
            age_band=learned.age_band,
            facts=tuple(Fact(name, value, 0) for name, value in learned.named),
            reasons=kept,
        )


_ISSUE_ORDER: dict[Issue | None, int] = {
    Issue.IDEATION_SUICIDAIRE: 5,
    Issue.DANGER_PHYSIQUE: 4,
    Issue.GROOMING: 3,
    Issue.VIOLENCES_SEXISTES: 3,
    Issue.SEXTORSION: 2,
    Issue.REVENGE_PORN: 1,
}


def _weight(issue: Issue | None, urgency: Urgency) -> tuple[bool, int, int]:
    """Which issue is the main one: danger to life first, then the more urgent."""
    order = _ISSUE_ORDER.get(issue, 0)
    return order >= 4 and urgency.rank >= Urgency.ELEVEE.rank, urgency.rank, order


# Stems rather than words, and the signs of a disguise: it may be wrong both ways.
_GLANCE = re.compile(
    r"mour|meur|mort|crev|tu[eé]|sui[cs]|su1c|pendre|adieu|en finir|finir|dispar|vivre|scarif"
    r"|mutil|veine|v[eè]n|lame|m[eé]do|m[eé]dica|aval|javel|corde|sauter|jeter|pont\b|toit"
    r"|frapp|tape|viol|couteau|arme|fusil|menac|chantage|nude|sinon|nues?\b|adulte|rdv|rejoindre"
    r"|kill|die\b|suicid|sterben|umbring|nmo|noires|foutre|flingu|but[eé]|[eé]trangl|enferm"
    r"|bras\b|poignet|cuisse|coupe\b|cut\b|morir|bat\b|tap[eé]\b|tabass|noirs?\b|fin [aà]"
    r"|lettre|cicatri|racl|sous (?:le|un)\b|fous\b|pilul|canner|d[eé]fonc|plus [eê]tre|\w\*\w"
    r"|suit\b|touche|peux plus|mouu|jett|j.?en fini|fin [aà] m|acte\b|plus l[aà]\b|sans moi"
    r"|cachet|comprim|rebord|balle\b|exist|br[uû]l|griff|vie\b|raison"
    r"|du mal\b|me coup|r[eé]veiller|pas n[eé]|vaut|life|vivir|leben|batte|chant|pay[eé]|secret"
    r"|gaz\b|rails|voies?\b|falaise|parapet|viaduc|poutre|noyer|canal|[eé]tage|carabine|pistolet"
    r"|calibre|sang\b|saign|ouvert|taill|derni|pardon|fini|r[eé]gl[eé]|terre|rat[eé]|loup|h[oô]pit"
    r"|hospi|seule?s?\b|forc|oblig|porte|gifle|d[eé]cision|partir|j ?pars|parti|attend|suffi"
    r"|pr[eê]t"
    r"|marteau|machette|hache|batte|planter|coinc|envo[iy]|montre|retrouv|pied|anniv|toi c'est|trop"
    r"|[eé]touff|gorge|cou\b|retien|cass|p[eé]t|marier|passeport|voiture|lit\b|douche|culotte"
    r"|\d ?ans?\b|que je l.aim|vid[eé]o|publi|(?:\b\w[ .*_-]){4}"
)
