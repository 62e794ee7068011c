"""What platforms tell besides plain messages: files, corrections, reactions, echoes, orders."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.assessment import Assessment
from core.assistant import Said
from core.conversation import Conversation, DeliveryStatus, FileState, Message, OwnerKind
from core.events import EventKind, MediaRef, MessageType
from core.labels import Urgency
from core.transitions import ERASE_AFTER
from core.work import Lane
from gateway.pipeline.inbound import QUARANTINE_AFTER
from tests.fakes import Echo, OneWordScreen, ScriptedAssistant
from tests.gateway.house import House, a_house


async def message(house: House, number: int) -> Message:
    return (await house.messages())[number]


PHOTO = MediaRef(type=MessageType.IMAGE, id="media-1", filename="IMG.jpg")


async def sends_a_photo(house: House, **fields: object) -> None:
    await house.writes("", "m-photo", type=MessageType.IMAGE, media=(PHOTO,), **fields)
    await house.settle()


async def test_what_only_a_person_can_read_is_never_faible(house: House) -> None:
    await sends_a_photo(house)
    conversation = await house.conversation()
    assert conversation.assessment.unheard
    assert conversation.assessment.urgency is Urgency.MODEREE
    assert await house.log() == ["person: ", "service: welcome", "service: unheard"]
    # No words follow: somebody looks at it.
    house.clock.turn(121)
    await house.run(Lane.WATCH)
    assert (await house.conversation()).owner.kind is OwnerKind.QUEUE


async def test_a_file_is_fetched_by_the_media_lane(house: House) -> None:
    await sends_a_photo(house)
    (photo,) = (await message(house, 0)).attachments
    assert (photo.state, photo.source) == (FileState.COMING, PHOTO)
    (lease,) = await house.claim(Lane.MEDIA)
    assert lease.key == (await message(house, 0)).id


async def test_a_caption_is_read_and_a_sticker_asks_for_nothing(house: House) -> None:
    await house.writes("DANGER", type=MessageType.IMAGE, media=(PHOTO,))
    await house.run(Lane.INBOUND)
    assert (await house.conversation()).assessment.urgency is Urgency.CRITIQUE
    await house.writes("", sender="other", type=MessageType.STICKER)
    await house.run(Lane.INBOUND)
    assert not (await house.conversation("other")).assessment.unheard


async def test_a_correction_is_screened_and_replaces_the_text(house: House) -> None:
    await house.writes("salut", "m-1")
    await house.settle()
    await house.writes("DANGER", "e-1", kind=EventKind.EDIT, target="m-1")
    await house.run(Lane.INBOUND)
    first = await message(house, 0)
    assert (first.text, first.edited_at is not None) == ("DANGER", True)
    assert [reason.seq for reason in first.reasons] == [first.seq]
    conversation = await house.conversation()
    assert conversation.danger_since is not None
    assert (await house.log())[-1] == "service: danger_numbers"


async def test_correcting_danger_away_does_not_lower_it(house: House) -> None:
    await house.writes("DANGER", "m-1")
    await house.settle()
    await house.writes("je rigole", "e-1", kind=EventKind.EDIT, target="m-1")
    await house.run(Lane.INBOUND)
    conversation = await house.conversation()
    assert conversation.assessment.urgency is Urgency.CRITIQUE
    assert conversation.danger_since is not None


async def test_a_correction_of_something_unknown_is_news(house: House) -> None:
    await house.writes("DANGER", "e-1", kind=EventKind.EDIT, target="never-seen")
    await house.run(Lane.INBOUND)
    assert (await house.log())[0] == "person: DANGER"
    assert (await house.conversation()).danger_since is not None


async def test_what_is_taken_back_is_erased_but_its_danger_stays(house: House) -> None:
    await house.writes("DANGER", "m-1", type=MessageType.IMAGE, media=(PHOTO,))
    await house.settle()
    file = (await message(house, 0)).attachments[0]
    conversation = await house.conversation()
    await house.store.put_file(conversation.id, file.id, b"bytes")
    await house.writes("", "d-1", kind=EventKind.DELETE, target="m-1")
    await house.run(Lane.INBOUND)
    gone = await message(house, 0)
    assert (gone.text, gone.deleted_at is not None) == ("", True)
    assert gone.attachments[0].state is FileState.GONE
    assert await house.store.file(conversation.id, file.id) is None
    after = await house.conversation()
    assert after.danger_since is not None
    assert after.assessment.urgency is Urgency.CRITIQUE
    assert after.dialogue == ""


EARLY = {"kind": EventKind.DELETE, "target": "m-1"}
CORRECTS = {"kind": EventKind.EDIT, "target": "m-1"}


async def test_what_was_taken_back_before_it_came_is_never_shown(house: House) -> None:
    await house.writes("", "d-1", **EARLY)
    await house.settle()
    photo = {"type": MessageType.IMAGE, "media": (PHOTO,)}
    await house.writes("DANGER", "m-1", **photo)
    await house.writes("et ça", "m-2")
    await house.settle()
    gone = await message(house, 0)
    assert (gone.text, gone.deleted_at is not None) == ("", True)
    assert [(file.state, file.source) for file in gone.attachments] == [(FileState.GONE, None)]
    assert [(reason.start, reason.end) for reason in gone.reasons] == [(0, 0)]
    assert not await house.claim(Lane.MEDIA)
    assert "et ça" in [m.text for m in await house.messages()]
    # What it raised stays raised, as of a message that was here.
    told = await house.conversation()
    assert told.danger_since is not None
    assert [(r.start, r.end) for r in told.assessment.reasons if r.seq == gone.seq] == [(0, 0)]
    assert "service: danger_numbers" in await house.log()


async def test_what_another_says_to_take_back_is_shown(house: House) -> None:
    await house.writes("", "d-1", sender="stranger", **EARLY)
    await house.writes("à moi", "m-1")
    await house.settle()
    assert (await house.log())[0] == "person: à moi"


async def test_what_fails_and_was_taken_back_is_not_shown_unread(house: House) -> None:
    await house.writes("", "d-1", **EARLY)
    await house.settle()
    house.phrases.missing = {"welcome"}
    await house.writes("secret", "m-1")
    for _ in range(QUARANTINE_AFTER):
        await house.run(Lane.INBOUND)
        house.clock.turn(60)
    assert (await message(house, 0)).deleted_at is not None
    assert "person: secret" not in await house.log()


async def test_a_message_that_comes_after_its_correction_is_not_shown_beside_it(
    house: House,
) -> None:
    await house.writes("je vais bien", "e-1", **CORRECTS)
    await house.settle()
    await house.writes("DANGER", "m-1", media=(PHOTO,))
    await house.run(Lane.INBOUND)
    assert [line for line in await house.log() if "person" in line] == ["person: je vais bien"]
    first = await message(house, 0)
    assert first.edited_at is not None
    assert [file.state for file in first.attachments] == [FileState.COMING]
    assert len(await house.claim(Lane.MEDIA)) == 1
    # It is read all the same.
    told = await house.conversation()
    assert told.assessment.urgency is Urgency.CRITIQUE
    assert told.danger_since is not None
    assert [(reason.start, reason.end) for reason in told.assessment.reasons] == [(0, 0)]
    assert (await house.log())[-1] == "service: danger_numbers"


async def test_a_second_correction_before_the_message_is_one_more_of_the_same(
    house: House,
) -> None:
    for number, words in enumerate(("un", "deux")):
        await house.writes(words, f"e-{number}", **CORRECTS)
    await house.writes("zéro", "m-1")
    await house.settle()
    assert [line for line in await house.log() if "person" in line] == ["person: deux"]


async def test_taken_back_then_corrected_then_sent_is_never_shown(house: House) -> None:
    await house.writes("", "d-1", **EARLY)
    await house.writes("encore", "e-1", **CORRECTS)
    await house.writes("d’abord", "m-1")
    await house.settle()
    assert [line for line in await house.log() if "person" in line] == ["person: "]


async def test_a_reaction_is_shown_and_nobody_answers_it(house: House) -> None:
    await house.writes("salut", "m-1")
    await house.settle()
    await house.run(Lane.DELIVERY)
    said = len(await house.log())
    await house.writes("", "r-1", kind=EventKind.REACTION, target="provider-1", emoji="😢")
    await house.settle()
    assert (await message(house, 1)).reaction == "😢"
    await house.writes("", "r-2", kind=EventKind.REACTION, target="provider-1", emoji=None)
    await house.settle()
    assert (await message(house, 1)).reaction is None
    assert len(await house.log()) == said


async def test_nobody_touches_the_messages_of_others(house: House) -> None:
    await house.writes("à moi", "m-1")
    await house.settle()
    for kind in (EventKind.DELETE, EventKind.REACTION):
        await house.writes("", f"x-{kind}", kind=kind, target="m-1", sender="stranger", emoji="😈")
    await house.run(Lane.INBOUND)
    mine = await message(house, 0)
    assert (mine.text, mine.reaction) == ("à moi", None)


async def test_a_reply_points_to_what_it_answers(house: House) -> None:
    await house.writes("salut", "m-1")
    await house.settle()
    await house.writes("ça", "m-2", reply_to="m-1")
    await house.settle()
    answers = [m.reply_to for m in await house.messages() if m.text == "ça"]
    assert answers == [1]


async def test_where_a_person_comes_from_is_kept(house: House) -> None:
    await house.writes("", "s-1", kind=EventKind.START, ref="tiktok_report")
    await house.run(Lane.INBOUND)
    assert await house.log() == ["service: welcome"]
    await house.writes("on m'insulte", "m-1")
    await house.settle()
    conversation = await house.conversation()
    assert conversation.origin == "tiktok_report"
    assert (await house.log()).count("service: welcome") == 1
    assert (await house.log())[-1] == "bot: question_1"
    await house.writes("", "r-1", kind=EventKind.REFERRAL, ref="another")
    await house.run(Lane.INBOUND)
    assert (await house.conversation()).origin == "tiktok_report"


async def test_a_link_alone_says_nothing_but_is_remembered(house: House) -> None:
    await house.writes("", "r-1", kind=EventKind.REFERRAL, ref="school_42")
    await house.run(Lane.INBOUND)
    assert await house.log() == []
    await house.writes("bonjour")
    await house.settle()
    assert (await house.log())[1] == "service: welcome"
    assert (await house.conversation()).origin == "school_42"


async def test_the_bot_falls_silent_when_a_colleague_answers_elsewhere(house: House) -> None:
    await house.writes("bonjour")
    await house.run(Lane.INBOUND)
    await house.writes(
        "c'est Zoé, je t'appelle", "echo-1", kind=EventKind.ECHO, sender="page", recipient="visitor"
    )
    await house.settle()
    assert await house.log() == [
        "person: bonjour", "service: welcome", "elsewhere: c'est Zoé, je t'appelle",
    ]  # fmt: skip
    assert (await house.conversation()).owner.kind is OwnerKind.QUEUE


@pytest.mark.parametrize("text", ["", "question"])
async def test_a_colleagues_words_or_picture_are_never_taken_for_ours(
    house: House, text: str
) -> None:
    await house.writes("bonjour")
    await house.settle()
    await house.writes(text, "mid-9", kind=EventKind.ECHO, sender="page", recipient="visitor")
    await house.run(Lane.INBOUND)
    assert (await house.conversation()).owner.kind is OwnerKind.QUEUE


async def test_a_colleague_who_writes_first_makes_no_ticket(house: House) -> None:
    await house.writes("c'est Zoé", "m", kind=EventKind.ECHO, sender="page", recipient="visitor")
    await house.run(Lane.INBOUND)
    assert not await house.store.waiting(limit=10)


async def test_our_own_echo_is_nothing_new(house: House) -> None:
    await house.writes("bonjour")
    await house.settle()
    said = await house.log()
    # One before its sending is settled, one after.
    for number in (1, 2):
        await house.writes(
            "question_1/tu", f"mid-{number}", kind=EventKind.ECHO, sender="page",
            recipient="visitor",
        )  # fmt: skip
        await house.run(Lane.INBOUND)
        await house.run(Lane.DELIVERY)
    await house.writes("", "provider-1", kind=EventKind.ECHO, sender="page", recipient="visitor")
    await house.run(Lane.INBOUND)
    assert await house.log() == said
    assert (await house.conversation()).owner.kind is OwnerKind.BOT


async def test_a_receipt_up_to_a_moment_is_for_everything_before(house: House) -> None:
    await house.writes("bonjour")
    await house.settle()
    await house.run(Lane.DELIVERY)
    until = house.clock()
    house.clock.turn(60)
    await house.writes("ça va pas")
    await house.settle()
    await house.run(Lane.DELIVERY)
    await house.writes("", "read-1", kind=EventKind.STATUS, status="read", at=until)
    await house.run(Lane.INBOUND)
    statuses = [m.delivery.status for m in await house.messages() if m.delivery]
    assert statuses == [DeliveryStatus.READ, DeliveryStatus.READ, DeliveryStatus.SENT]


async def test_a_place_is_shown_to_a_person_and_is_no_choice(house: House) -> None:
    await house.writes("", type=MessageType.LOCATION, payload="48.85,2.35", title="Gare")
    await house.settle()
    first = await message(house, 0)
    assert (first.text, first.choice) == ("Gare · 48.85,2.35", None)
    assert first.type is MessageType.LOCATION
    assert (await house.conversation()).assessment.unheard


async def test_a_button_that_we_did_not_offer_is_words(house: House) -> None:
    await house.writes("", kind=EventKind.POSTBACK, payload="GET_STARTED", title="Démarrer")
    await house.settle()
    assert (await message(house, 0)).text == "Démarrer"
    assert house.assistant.requests[0].choice is None


async def test_in_standby_everything_is_read_and_nothing_is_said(house: House) -> None:
    await house.writes("bonjour", standby=True)
    await house.settle()
    assert await house.log() == ["person: bonjour"]
    await house.writes("DANGER", standby=True)
    await house.settle()
    conversation = await house.conversation()
    assert conversation.danger_since is not None
    assert conversation.owner.kind is OwnerKind.QUEUE
    assert await house.log() == ["person: bonjour", "person: DANGER"]


async def test_a_thread_that_comes_back_is_answered(house: House) -> None:
    await house.writes("bonjour", standby=True)
    await house.settle()
    await house.writes("", kind=EventKind.HANDOVER, status="pass", standby=False)
    await house.settle()
    assert await house.log() == ["person: bonjour", "service: welcome", "bot: question_1"]


async def test_a_thread_that_comes_back_with_a_danger_is_told_the_numbers(house: House) -> None:
    await house.writes("DANGER", standby=True)
    await house.settle()
    await house.writes("", kind=EventKind.HANDOVER, status="release", standby=False)
    await house.settle()
    assert await house.log() == ["person: DANGER", "service: danger_numbers"]


async def test_a_message_seen_in_standby_is_here_once_and_is_answered_when_it_is_ours(
    house: House,
) -> None:
    await house.writes("bonjour", "standby:1", id="mid-1", standby=True)
    await house.settle()
    await house.writes("bonjour", "1", id="mid-1")
    await house.settle()
    assert await house.log() == ["person: bonjour", "service: welcome", "bot: question_1"]
    # In the other order it changes nothing.
    await house.writes("et puis", "2", id="mid-2")
    await house.settle()
    await house.writes("et puis", "standby:2", id="mid-2", standby=True)
    await house.settle()
    assert (await house.log())[3:] == ["person: et puis", "bot: question_2"]
    assert not (await house.conversation()).standby


@pytest.mark.parametrize("mid", ["mid-1", None], ids=["with its id", "without one"])
async def test_a_tap_seen_in_standby_is_here_once(house: House, mid: str | None) -> None:
    tap: dict[str, Any] = {"text": "Démarrer", "kind": EventKind.POSTBACK, "id": mid}
    await house.writes(event_id="standby:1", standby=True, **tap)
    await house.settle()
    await house.writes(event_id="1", payload="START", **tap)
    await house.settle()
    once = ["person: Démarrer", "service: welcome", "bot: question_1"]
    assert await house.log() == once
    # In the other order it changes nothing.
    await house.writes(event_id="standby:2", standby=True, **tap)
    await house.settle()
    assert await house.log() == once
    # The same button again is another tap.
    await house.writes(event_id="3", payload="START", **(tap | {"id": mid and "mid-3"}))
    await house.settle()
    assert (await house.log())[3:] == ["person: Démarrer", "bot: question_2"]


async def test_two_taps_under_one_message_are_two(house: House) -> None:
    """Telegram names the message that holds the buttons, not the tap."""
    for number in ("1", "2"):
        held = {"id": "70", "target": "70", "payload": "yes"}
        await house.writes("Oui", number, kind=EventKind.POSTBACK, **held)
    await house.settle()
    assert [line for line in await house.log() if line.startswith("person")] == ["person: Oui"] * 2


async def test_the_same_id_from_somebody_else_is_another_message(house: House) -> None:
    await house.writes("bonjour", "1", id="77")
    await house.writes("DANGER", "2", id="77", sender="other")
    await house.settle()
    assert (await house.conversation("other")).danger_since is not None


async def test_who_calls_is_told_how_to_be_heard_and_waits_for_a_person(house: House) -> None:
    await house.writes("", "wacid-1", type=MessageType.CALL)
    await house.settle()
    assert await house.log() == ["person: ", "service: call_missed"]
    conversation = await house.conversation()
    assert (conversation.owner.kind, conversation.assessment.unheard) == (OwnerKind.QUEUE, True)
    # Ringing again and again is shown, and not answered each time.
    await house.writes("", "wacid-2", type=MessageType.CALL)
    await house.settle()
    assert (await house.log())[2:] == ["person: "]
    house.clock.turn(181)
    await house.writes("", "wacid-3", type=MessageType.CALL)
    await house.settle()
    assert (await house.log())[3:] == ["person: ", "service: call_missed"]


async def test_under_a_listener_a_call_is_shown_and_no_machine_speaks(house: House) -> None:
    await house.writes("", "wacid-1", type=MessageType.CALL)
    await house.settle()
    await house.claimed()
    house.clock.turn(600)
    before = await house.log()
    await house.writes("", "wacid-2", type=MessageType.CALL)
    await house.settle()
    assert await house.log() == [*before, "person: "]


async def test_a_contact_card_is_shown_whole_and_no_machine_answers_it(house: House) -> None:
    card = {"type": MessageType.CONTACTS, "title": "Tom", "payload": "+33639980000"}
    await house.writes("", **card)
    await house.settle()
    assert (await message(house, 0)).text == "Tom · +33639980000"
    assert (await house.conversation()).assessment.unheard
    assert (await house.log())[1:] == ["service: welcome", "service: unheard"]


async def test_an_echo_of_what_stood_behind_the_neutral_line_is_ours(house: House) -> None:
    await house.writes("bonjour")
    await house.settle()
    await house.writes("new_message/tu\n\nwelcome/tu", kind=EventKind.ECHO, recipient="visitor")
    await house.settle()
    assert (await house.conversation()).owner.kind is OwnerKind.BOT
    await house.writes("new_message/tu\n\nJe prends", kind=EventKind.ECHO, recipient="visitor")
    await house.settle()
    assert (await house.conversation()).owner.kind is OwnerKind.QUEUE


async def test_a_thread_given_away_is_not_answered(house: House) -> None:
    await house.writes("bonjour")
    await house.run(Lane.INBOUND)
    await house.writes("", kind=EventKind.HANDOVER, status="take", standby=True)
    await house.settle()
    assert await house.log() == ["person: bonjour", "service: welcome"]


async def test_a_group_is_refused_and_nothing_of_it_is_kept(house: House) -> None:
    refused: list[str] = []

    async def refuse_group(chat: str) -> None:
        refused.append(chat)

    house.platform.refuse_group = refuse_group  # type: ignore[attr-defined]
    await house.writes("DANGER", chat="group-1")
    await house.run(Lane.INBOUND)
    assert refused == ["group-1"]
    contact = await house.store.find_contact("web", "site", "visitor")
    assert contact is not None
    assert await house.store.latest_conversation(contact.id) is None


async def test_a_number_answers_what_was_offered(house: House) -> None:
    house.phrases.choices = {"question_1": ("yes", "no")}
    await house.writes("bonjour")
    await house.settle()
    await house.writes("2")
    await house.settle()
    assert house.assistant.requests[-1].choice == "no"


async def test_the_website_is_offered_to_those_who_want_no_trace(tmp_path: Path) -> None:
    async with a_house(
        tmp_path,
        assistant=ScriptedAssistant(),
        screen=OneWordScreen(),
        understand=lambda screened, text: screened,
        phrases=Echo(),
        asks_for_human=lambda text: False,
        greetings={"web": [Said("no_trace", {"url": "https://chat.example"})]},
    ) as house:
        await house.writes("bonjour")
        await house.settle()
        assert (await house.log())[1:3] == ["service: welcome", "service: no_trace"]


# Orders.


async def test_stop_ends_what_nobody_needs_to_look_at(house: House) -> None:
    await house.writes("bonjour")
    await house.settle()
    asked = len(house.assistant.requests)
    await house.writes("stop")
    await house.settle()
    conversation = await house.conversation()
    assert not conversation.is_open
    assert (await house.log())[-1] == "service: stop_received"
    assert len(house.assistant.requests) == asked


async def test_stop_over_a_worry_still_reaches_a_human(house: House) -> None:
    house.assistant.urgency = Urgency.MODEREE
    await house.writes("on m'insulte")
    await house.settle()
    await house.writes("stop")
    await house.settle()
    conversation = await house.conversation()
    assert conversation.is_open
    assert conversation.owner.kind is OwnerKind.QUEUE


async def erase(house: House) -> Conversation:
    await house.writes("efface")
    await house.settle()
    await house.writes("", payload="erase_yes")
    await house.settle()
    return await house.conversation()


async def test_erasing_takes_a_confirmation_and_a_day(house: House) -> None:
    await house.writes("bonjour")
    await house.settle()
    conversation = await erase(house)
    contact = conversation.contact_id
    assert (await house.log())[-2:] == ["person: ", "service: erase_planned"]
    house.clock.turn(ERASE_AFTER.total_seconds() - 60)
    await house.run(Lane.WATCH)
    assert await house.store.latest_conversation(contact) is not None
    house.clock.turn(61)
    await house.run(Lane.WATCH)
    ended = await house.store.latest_conversation(contact)
    assert ended is not None
    assert not ended.is_open
    house.clock.turn(6)
    await house.run(Lane.WATCH)
    assert await house.store.latest_conversation(contact) is None
    assert await house.store.find_contact("web", "site", "visitor") is None


async def test_a_wish_alone_erases_nothing(house: House) -> None:
    await house.writes("efface")
    await house.settle()
    assert (await house.log())[-1] == "service: erase_confirm"
    house.clock.turn(2 * ERASE_AFTER.total_seconds())
    await house.run(Lane.WATCH)
    assert await house.conversation()


@pytest.mark.parametrize(
    "change_of_mind", [{"text": "annuler"}, {"text": "", "payload": "erase_no"}]
)
async def test_erasing_can_be_taken_back(house: House, change_of_mind: dict[str, str]) -> None:
    await erase(house)
    await house.writes(**change_of_mind)
    await house.settle()
    assert (await house.conversation()).erasure is None
    house.clock.turn(2 * ERASE_AFTER.total_seconds())
    await house.run(Lane.WATCH)
    assert await house.conversation()


async def test_an_open_danger_is_never_erased(house: House) -> None:
    await house.writes("DANGER")
    await house.settle()
    conversation = await erase(house)
    assert conversation.erasure is not None
    house.clock.turn(3 * ERASE_AFTER.total_seconds())
    await house.run(Lane.WATCH)
    assert (await house.conversation()).danger_since is not None


async def test_whoever_listens_sees_the_wish_and_nothing_goes_under_their_hands(
    house: House,
) -> None:
    house.assistant.dead = True
    await house.writes("bonjour")
    await house.settle()
    await house.claimed()
    conversation = await erase(house)
    assert conversation.erasure is not None
    assert conversation.owner.kind is OwnerKind.LISTENER
    house.clock.turn(3 * ERASE_AFTER.total_seconds())
    await house.run(Lane.WATCH)
    assert await house.conversation()


async def test_an_order_within_danger_is_danger(house: House) -> None:
    house.screen.words = ("efface",)
    await house.writes("efface")
    await house.settle()
    conversation = await house.conversation()
    assert conversation.danger_since is not None
    assert conversation.erasure is None


async def test_a_window_is_kept_open_by_writing(house: House) -> None:
    day = timedelta(hours=24)
    await house.writes("bonjour", window_ends_at=house.clock() + day)
    await house.settle()
    first = (await house.conversation()).window_ends_at
    await house.writes("en retard", window_ends_at=house.clock() - day)
    await house.settle()
    assert (await house.conversation()).window_ends_at == first


async def test_an_order_is_not_read_for_what_it_sounds_like(tmp_path: Path) -> None:
    async with a_house(
        tmp_path,
        assistant=ScriptedAssistant(),
        screen=OneWordScreen(),
        understand=lambda screened, text: screened.merged(Assessment(urgency=Urgency.CRITIQUE)),
        phrases=Echo(),
        asks_for_human=lambda text: False,
    ) as house:
        await house.writes("stop")
        await house.run(Lane.INBOUND)
        assert (await house.conversation()).assessment.urgency is Urgency.FAIBLE
        await house.writes("stop le")
        await house.run(Lane.INBOUND)
        assert (await house.conversation()).assessment.urgency is Urgency.CRITIQUE
