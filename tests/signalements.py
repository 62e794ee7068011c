"""Complete dossiers, ready to be broken in one place by a test."""

from datetime import timedelta

from core.conversation import Author
from core.ids import ConversationId, ListenerId
from core.labels import Issue
from core.signalement import law
from core.signalement.authorities import authorities
from core.signalement.case import (
    Authority,
    Capture,
    Case,
    Consent,
    ConsentGiver,
    ContentKind,
    Declared,
    Notice,
    Quote,
    Target,
)
from core.signalement.evidence import Signer
from tests.builders import NOON

LISTENER = ListenerId("a" * 32)
SIGNER = Signer(bytes(range(32)))
POST = "https://www.instagram.com/p/Cx9_abcDEF1/"
EXPLANATION = (
    "Depuis trois semaines, plusieurs comptes publient des insultes et des montages sur la victime,"
    " élève de quatrième. Elle ne va plus au collège et ne dort plus."
)


def elements_of(*qualifications: str) -> tuple[str, ...]:
    """Every constituent element of these."""
    known = law.qualifications()
    return tuple(
        law.element_key(known[each], element)
        for each in qualifications
        for element in known[each].elements
    )


def answers_for(authority: Authority) -> dict[str, str]:
    """Something in each field that a listener has to write for an authority."""
    fields = authorities()[authority].fields
    return {
        name: asked.choices[0] if asked.choices else f"Réponse {name}"
        for name, asked in fields.items()
        if asked.required and asked.fill is None
    }


def a_notice(**changes: object) -> Notice:
    """A notice to Instagram about one public post."""
    values = {
        "id": "b" * 32,
        "platform": "instagram",
        "category": "harassment",
        "targets": (Target(kind=ContentKind.POST, url=POST, handle="moi_collegien"),),
    }
    return Notice(**{**values, **changes})  # type: ignore[arg-type]


def a_capture(**changes: object) -> Capture:
    """A capture that shows nothing intimate."""
    values = {
        "id": "c" * 32,
        "sha256": "d" * 64,
        "mime": "image/png",
        "size": 1234,
        "added_at": NOON,
        "added_by": LISTENER,
        "taken_at": NOON - timedelta(hours=2),
        "intimate": False,
    }
    return Capture(**{**values, **changes})  # type: ignore[arg-type]


def a_case(**changes: object) -> Case:
    """A school-bullying case that lacks nothing."""
    quote = Quote(
        seq=3,
        author=Author.PERSON,
        text="ils ont refait un compte sur moi et tt le monde like",
        at=NOON - timedelta(hours=3),
        proves=elements_of("harcelement_scolaire"),
    )
    values = {
        "id": "e" * 32,
        "conversation_id": ConversationId("f" * 32),
        "opened_by": LISTENER,
        "opened_at": NOON,
        "issue": Issue.CYBERHARCELEMENT,
        "qualifications": ("harcelement_scolaire",),
        "victim_age": 13,
        "explanation": EXPLANATION,
        "consent": Consent(by=LISTENER, at=NOON, giver=ConsentGiver.VICTIM),
        "good_faith": Declared(by=LISTENER, at=NOON),
        "quotes": (quote,),
        "notices": (a_notice(),),
    }
    return Case(**{**values, **changes})  # type: ignore[arg-type]
