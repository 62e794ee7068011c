"""Whose number is of another country is shown the helplines there."""

import pytest

from core.directory import directory_from
from core.labels import Urgency
from core.ports import Change, Store
from core.regions import region_of
from core.work import ORDINARY
from handoff.desk import Desk
from handoff.orientations import Orientations, first_directory
from handoff.papers import Paper, Papers
from tests.builders import NOON, a_listener, a_waiting, an_event, claimed
from tests.fakes import Echo, TurnableClock


@pytest.mark.parametrize(
    ("channel", "address", "region"),
    [
        ("whatsapp", "33612345678", "FR"),
        ("whatsapp", "262692123456", "RE"),
        ("whatsapp", "262639123456", "YT"),
        ("whatsapp", "590690123456", "GP"),
        ("whatsapp", "68987123456", "PF"),
        ("whatsapp", "32470123456", "BE"),
        ("whatsapp", "41791234567", "CH"),
        ("whatsapp", "352621123456", "LU"),
        ("whatsapp", "351912345678", "EU"),
        ("whatsapp", "4915112345678", "EU"),
        ("whatsapp", "15145550100", "CA-QC"),
        ("whatsapp", "12125550100", "FR"),
        ("whatsapp", "", "FR"),
        ("whatsapp", "US.13491208655302741918", "FR"),
        ("telegram", "32470123456", "FR"),
    ],
)
def test_a_number_tells_the_country_it_is_of(channel: str, address: str, region: str) -> None:
    assert region_of(channel, address) == region


def test_every_region_that_a_number_may_tell_has_a_helpline() -> None:
    known = {each.region for each in directory_from(first_directory()).services.values()}
    assert {"FR", "BE", "CH", "LU", "EU", "CA-QC"} <= known


async def test_somebody_from_belgium_is_offered_their_own_helpline_first(store: Store) -> None:
    anne, clock = a_listener(), TurnableClock(NOON)
    event = an_event(channel="whatsapp", account="main", sender="32470123456")
    await store.accept_events([event], now=NOON, priority=ORDINARY)
    contact = await store.find_contact(event.channel, event.account, event.sender)
    assert contact is not None
    waiting = a_waiting(contact, Urgency.MODEREE)
    await store.commit(Change(conversation=waiting), now=NOON)
    await store.commit(Change(conversation=claimed(waiting, anne.id, NOON)), now=NOON)
    orientations = Orientations(
        desk=Desk(store=store, phrases=Echo(), clock=clock),
        store=store,
        papers=Papers(
            documents=store,
            papers={"directory": Paper(check=directory_from, first=first_directory())},
            clock=clock,
        ),
        phrases=Echo(),
        clock=clock,
        is_holiday=lambda _: False,
    )
    fits, _ = await orientations.fitting(anne, waiting.id)
    ids = [each.id for each in fits]
    assert ids[0] == "belgique"
    assert "violences_numeriques" in ids[1:]
    assert len(ids) == len(set(ids))
