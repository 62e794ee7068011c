"""What a listener is shown of the reasons: the gravest first, no words twice."""

from core.assessment import Reason
from core.labels import Urgency
from handoff.console.views import telling


def test_the_gravest_reason_is_shown_for_words_that_several_name() -> None:
    threat = Reason(1, 0, 12, "chantage", Urgency.ELEVEE)
    part = Reason(1, 4, 6, "argent_contre_images", Urgency.ELEVEE)
    dying = Reason(3, 0, 11, "suicide_annonce", Urgency.CRITIQUE)
    again = Reason(3, 4, 11, "signes_suicidaires", Urgency.CRITIQUE)
    elsewhere = Reason(2, 4, 6, "menaces", Urgency.ELEVEE)
    assert telling([part, threat, again, elsewhere, dying]) == [dying, threat, elsewhere]
