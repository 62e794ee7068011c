"""The first gestures for who waits: the notice that fits what is known, without the assistant.

The ids are those that the assistant says too; tests/core/test_gestures.py holds its lists and these
together, since the two worlds import nothing of each other.
"""

from collections.abc import Mapping

from core.conversation import Conversation
from core.labels import Issue, Role
from core.voices import FOR_A_CHILD

ANY = "gestures_any"
_HURT = frozenset(
    {
        Issue.CYBERHARCELEMENT,
        Issue.REVENGE_PORN,
        Issue.SEXTORSION,
        Issue.GROOMING,
        Issue.HAINE_DISCRIMINATION,
        Issue.VIOLENCES_SEXISTES,
    }
)
# The problems whose gesture differs for who writes for another person.
PATHS: Mapping[Role, tuple[str, frozenset[Issue]]] = {
    Role.PARENT: (
        "parent",
        _HURT
        | {
            Issue.PIRATAGE_COMPTE,
            Issue.USURPATION_IDENTITE,
            Issue.CONTENU_CHOQUANT,
            Issue.ARNAQUE,
        },
    ),
    Role.TEMOIN_AMI: ("friend", _HURT),
    Role.PROFESSIONNEL: ("pro", _HURT | {Issue.CONTENU_CHOQUANT}),
}
WITH_GESTURE = frozenset(Issue) - {
    Issue.IDEATION_SUICIDAIRE,
    Issue.DANGER_PHYSIQUE,
    Issue.AUTRE_HORS_SUJET,
    Issue.SALUTATION,
    Issue.DEMANDE_HUMAIN,
}


def gesture_for(conversation: Conversation) -> str:
    """The sentence for whoever asks now.

    A parent who goes on where a child wrote gets the general one, and so does whoever answers a
    message that we began, until it is known who they are: the other would tell what was told.
    """
    told = conversation.assessment
    apart = conversation.minor_wrote and told.role in FOR_A_CHILD
    if apart or conversation.is_doubtful or told.issue is None or told.issue not in WITH_GESTURE:
        return ANY
    path, issues = PATHS.get(told.role, ("", frozenset[Issue]())) if told.role else ("", ())
    return f"gesture_{told.issue}_{path}" if told.issue in issues else f"gesture_{told.issue}"
