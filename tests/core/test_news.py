"""Writing first that there is news: to whom it can be done, and to whom it cannot."""

from dataclasses import replace

import pytest

from core.conversation import TELEPHONE, Conversation, Erasure
from core.errors import Refused
from core.ids import MessageId
from core.transitions.news import SENTENCE, Hindrance, hindrance, tell_news
from tests.builders import NOON
from tests.core.test_figures import begun, close, held, waiting
from tests.fakes import Echo

OVER = close(held()).conversation


@pytest.mark.parametrize("conversation", [begun(), waiting(), OVER], ids=["bot", "queue", "over"])
def test_whom_no_listener_holds_is_told_in_words_that_name_nothing(
    conversation: Conversation,
) -> None:
    assert hindrance(conversation) is None
    change = tell_news(conversation, message_id=MessageId("m"), now=NOON, phrases=Echo())
    assert [one.sentence for one in change.messages] == [SENTENCE]


@pytest.mark.parametrize(
    ("conversation", "why"),
    [
        (held(), Hindrance.HELD),
        (replace(OVER, standby=True), Hindrance.ELSEWHERE),
        (replace(OVER, erasure=Erasure(asked_at=NOON)), Hindrance.ERASING),
        # Said there, it would count as told, and nobody would ever read it.
        (replace(OVER, channel=TELEPHONE), Hindrance.TELEPHONE),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_whom_we_cannot_write_to_and_why(conversation: Conversation, why: Hindrance) -> None:
    assert hindrance(conversation) is why
    with pytest.raises(Refused):
        tell_news(conversation, message_id=MessageId("m"), now=NOON, phrases=Echo())
