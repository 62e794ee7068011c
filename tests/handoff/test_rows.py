"""A row is written once for all whom it does not concern, and never shows them another's."""

import json

from core.accounts import Listener
from core.conversation import Contact, Conversation
from core.ids import ContactId
from core.labels import Urgency
from core.notes import Alongside, Offer
from core.spoken_code import SpokenCode
from handoff.console import views
from handoff.console.rows import KEPT, Rows
from handoff.staff import Staff
from tests.builders import NOON, a_listener, a_waiting, at, changed, claimed

SOMEBODY = Contact(id=ContactId("c"), channel="web", account="site", address="a", created_at=NOON)
OWNER, KNOWN, ASKED, BESIDE, STRANGER, OTHER = (a_listener(name) for name in "okabsx")
NAMES = {one.id: one.login for one in (OWNER, KNOWN, ASKED, BESIDE, STRANGER, OTHER)}


class CountedStaff(Staff):
    """Names without a store, and how often they were looked up: once for each row written."""

    def __init__(self) -> None:
        self.asked = 0

    async def names(self, *about: object) -> dict[str, str]:  # type: ignore[override]
        self.asked += 1
        return NAMES  # type: ignore[return-value]


def everything_of_somebody() -> Conversation:
    """A call that is held, offered, read along, known to a fourth, with a code to read out."""
    waiting = a_waiting(SOMEBODY, Urgency.ELEVEE)
    return changed(
        claimed(waiting, OWNER.id, NOON),
        known_to=KNOWN.id,
        offer=Offer(to=ASKED.id, summary="ce qu’il faut savoir", until=at(60)),
        alongside=Alongside(by=OWNER.id, who=(BESIDE.id,)),
        code=SpokenCode(words="un deux", until=at(60)),
    )


async def shown(rows: Rows, conversation: Conversation, viewer: Listener) -> object:
    return json.loads(await rows.frame(conversation, viewer))


async def test_everybody_gets_the_row_that_is_theirs() -> None:
    rows = Rows(CountedStaff())
    conversation = everything_of_somebody()
    # The strangers first, so that what was written for them could be taken for the others'.
    for viewer in (STRANGER, OTHER, OWNER, KNOWN, ASKED, BESIDE, STRANGER):
        row = views.summary(conversation, viewer, NAMES)
        assert await shown(rows, conversation, viewer) == {"type": "summary", "summary": row}


def test_who_takes_part_is_known_by_what_they_are_shown() -> None:
    conversation = everything_of_somebody()
    strangers = views.summary(conversation, STRANGER, NAMES)
    assert views.summary(conversation, OTHER, NAMES) == strangers
    for viewer in (OWNER, KNOWN, ASKED, BESIDE):
        assert views.summary(conversation, viewer, NAMES) != strangers
        assert views.takes_part(conversation, viewer)
    assert not views.takes_part(conversation, STRANGER)


async def test_it_is_written_once_for_all_others_and_anew_when_it_changes() -> None:
    staff = CountedStaff()
    rows = Rows(staff)
    conversation = a_waiting(SOMEBODY, Urgency.ELEVEE)
    for _ in range(3):
        for viewer in (STRANGER, OTHER, OWNER):
            await rows.frame(conversation, viewer)
    assert staff.asked == 1
    held = claimed(conversation, OWNER.id, NOON)
    assert await shown(rows, held, STRANGER) != await shown(rows, conversation, STRANGER)
    assert staff.asked == 2


async def test_no_more_are_kept_than_a_slow_console_needs() -> None:
    staff = CountedStaff()
    rows = Rows(staff)
    first = a_waiting(SOMEBODY, Urgency.ELEVEE)
    await rows.frame(first, STRANGER)
    for _ in range(KEPT):
        await rows.frame(a_waiting(SOMEBODY, Urgency.ELEVEE), STRANGER)
    await rows.frame(first, STRANGER)
    assert staff.asked == KEPT + 2
