"""Domain types as the console's JSON; pure. See `docs/console-api.md`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.accounts import Listener
from core.assessment import Assessment, Reason
from core.conversation import Attachment, Author, Conversation, Erasure, Message, Writer
from core.events import MessageType
from core.follow_up import FollowUp
from core.ids import ListenerId
from core.line import place_of
from core.notes import Note
from core.permissions import GRANTS
from core.regions import clock_of, clock_place
from core.spoken import time_of_day
from core.spoken_code import WRONG_AT_MOST
from core.voices import begun_at, is_withheld
from handoff.console.api import shapes

Names = Mapping[ListenerId, str]

# What a listener would like to know; what of it is missing is said, not left out.
_WANTED = ("issue", "role", "age_band", "platform")


def me(listener: Listener, *, must_enrol: bool) -> shapes.Me:
    """The signed-in account."""
    return {
        "id": listener.id,
        "login": listener.login,
        "name": listener.name,
        "role": listener.role.value,
        "must_change_password": listener.one_time,
        "must_enrol": must_enrol,
        "second_factor": listener.has_second_factor,
        "permissions": sorted(GRANTS[listener.role]),
    }


def summary(conversation: Conversation, viewer: Listener, names: Names) -> shapes.Summary:
    """A conversation as a row: never a word of what was said."""
    assessment, ticket = conversation.assessment, conversation.ticket
    owner = conversation.owner.listener_id
    return {
        "id": conversation.id,
        "version": conversation.version,
        "channel": conversation.channel,
        "origin": conversation.origin,
        "previous": conversation.previous,
        "owner": conversation.owner.kind.value,
        "listener": names.get(owner) if owner else None,
        "mine": conversation.is_held_by(viewer.id),
        "known_to": names.get(conversation.known_to) if conversation.known_to else None,
        "known_to_me": conversation.known_to == viewer.id,
        "offer": offer(conversation, viewer, names),
        "ticket": ticket.status.value if ticket else None,
        "urgency": assessment.urgency.value,
        "issue": assessment.issue,
        "issue_secondary": assessment.issue_secondary,
        "role": assessment.role,
        "age_band": assessment.age_band,
        "platform": assessment.platform,
        "incomplete": assessment.incomplete,
        "unheard": assessment.unheard,
        "opened_at": _time(conversation.opened_at),
        "waiting_since": _time(ticket.waiting_since) if ticket else None,
        "place": _place(conversation),
        "claimed_at": _time(ticket.claimed_at) if ticket else None,
        "danger_since": _time(conversation.danger_since),
        "alarmed_at": _time(conversation.alarmed_at),
        "closed_at": _time(conversation.closed_at),
        "window_ends_at": _time(conversation.window_ends_at),
        "standby": conversation.standby,
        "alongside": viewer.id in conversation.readers,
        "readers": [names.get(one) for one in conversation.readers],
        "skill": conversation.needs.skill,
        "language": conversation.needs.language,
        "erasure": _erasure(conversation.erasure),
        "last_seq": conversation.next_seq - 1,
        "raised_version": conversation.raised_version,
        "joined": conversation.joined,
        "code": _code(conversation, viewer),
        "follow_up": _follow_up(conversation.follow_up, names),
        "writers": [_writer(each, conversation) for each in conversation.writers],
        "writes_since": begun_at(conversation),
        "another_at": conversation.another_at,
    }


def takes_part(conversation: Conversation, viewer: Listener) -> bool:
    """Whether it concerns this viewer more than others: all others get the same `summary`."""
    asked = conversation.offer
    return viewer.id in (
        conversation.owner.listener_id,
        conversation.known_to,
        asked.to if asked else None,
        *conversation.readers,
    )


def offer(conversation: Conversation, viewer: Listener, names: Names) -> shapes.Offer | None:
    """What is offered to a colleague, for those two only. The summary is a listener's own words."""
    asked, owner = conversation.offer, conversation.owner.listener_id
    if asked is None or owner is None or viewer.id not in (asked.to, owner):
        return None
    return {
        "to_me": viewer.id == asked.to,
        "to": names.get(asked.to),
        "from": names.get(owner),
        "summary": asked.summary,
        "until": asked.until.isoformat(),
        "declined": asked.declined,
    }


def note(entry: Note, names: Names) -> shapes.Note:
    """What a listener wrote for colleagues."""
    return {
        "id": entry.id,
        "name": names.get(entry.listener_id),
        "text": entry.text,
        "at": _time(entry.at),
    }


def message(entry: Message, names: Names) -> shapes.Message:
    """One message of a conversation that the viewer may read."""
    return {
        "seq": entry.seq,
        "author": entry.author.value,
        "name": names.get(entry.listener_id) if entry.listener_id else None,
        "type": _type(entry.type),
        "text": entry.text,
        "attachments": [_attachment(each) for each in entry.attachments],
        "at": _time(entry.at),
        "edited_at": _time(entry.edited_at),
        "deleted_at": _time(entry.deleted_at),
        "reply_to": entry.reply_to,
        "reaction": entry.reaction,
        "forwarded": entry.forwarded,
        "cid": entry.client_id if entry.author is Author.LISTENER else None,
        "sentence": entry.sentence,
        "choices": [{"id": choice.id, "title": choice.title} for choice in entry.choices],
        "choice": entry.choice,
        "reasons": [_reason(reason) for reason in telling(entry.reasons)],
        "delivery": (
            {"status": entry.delivery.status.value, "error": entry.delivery.error}
            if entry.delivery
            else None
        ),
    }


def detail(
    conversation: Conversation,
    messages: Sequence[Message],
    viewer: Listener,
    names: Names,
    *,
    shown: Sequence[Message],
) -> shapes.Detail:
    """Summary, card and `messages` of a conversation the viewer holds.

    `shown` are all messages with a sentence of the catalogue, told before or now: for the card.
    """
    return {
        "summary": summary(conversation, viewer, names),
        "card": card(conversation.assessment, shown),
        "notes": [note(each, names) for each in conversation.notes],
        "messages": [message(each, names) for each in messages],
    }


def card(assessment: Assessment, messages: Sequence[Message]) -> shapes.Card:
    """The hand-off card: what is known and why, what the person was shown, what is unknown."""
    return {
        "urgency": assessment.urgency.value,
        "issue": assessment.issue,
        "issue_secondary": assessment.issue_secondary,
        "confidence": assessment.confidence,
        "role": assessment.role,
        "age_band": assessment.age_band,
        "platform": assessment.platform,
        "incomplete": assessment.incomplete,
        "settled": assessment.settled,
        "reasons": [
            {"seq": reason.seq, **_reason(reason)} for reason in telling(assessment.reasons)
        ],
        "facts": [
            {"name": fact.name, "value": fact.value, "seq": fact.seq} for fact in assessment.facts
        ],
        "shown": [
            {"seq": entry.seq, "sentence": entry.sentence} for entry in messages if entry.sentence
        ],
        "unknown": [name for name in _WANTED if getattr(assessment, name) is None],
    }


def telling(reasons: Sequence[Reason]) -> list[Reason]:
    """The reasons worth a listener's second: the gravest first, none whose words another shows."""
    kept: list[Reason] = []
    for reason in sorted(reasons, key=lambda r: (-r.urgency.rank, r.seq, r.start - r.end)):
        if not any(
            other.seq == reason.seq and other.start < reason.end and reason.start < other.end
            for other in kept
        ):
            kept.append(reason)
    return kept


def _reason(reason: Reason) -> shapes.Reason:
    return {
        "start": reason.start,
        "end": reason.end,
        "rule": reason.rule,
        "urgency": reason.urgency.value,
    }


def _type(kind: MessageType | None) -> str | None:
    return None if kind in (None, MessageType.TEXT) else kind.value


def _attachment(file: Attachment) -> shapes.File:
    """A file as the console shows it: never where the platform has it."""
    return {
        "id": file.id,
        "type": file.type.value,
        "state": file.state.value,
        "mime": file.mime,
        "filename": file.filename,
        "size": file.size,
    }


def _follow_up(told: FollowUp | None, names: Names) -> shapes.Promise | None:
    """What was asked or promised; never the number to call."""
    if told is None:
        return None
    return {
        "kind": told.kind.value,
        "stage": told.stage.value,
        "due_at": _time(told.due_at),
        "local": _local(told),
        "by": names.get(told.by) if told.by else None,
    }


def _local(told: FollowUp) -> shapes.Local | None:
    """What the person's clock says then, where it is another than that of Paris."""
    place = clock_place(told.region)
    if told.due_at is None or place is None:
        return None
    return {"time": time_of_day(told.due_at, clock_of(told.region)), "place": place}


def _code(call: Conversation, viewer: Listener) -> shapes.CodeState | None:
    """How the code of a call does, for who reads it out; never its words."""
    if call.code is None or call.joined or not call.is_held_by(viewer.id):
        return None
    wrong = call.code.wrong
    return {
        "until": call.code.until.isoformat(),
        "wrong": wrong,
        "left": max(0, WRONG_AT_MOST - wrong),
    }


def _writer(before: Writer, conversation: Conversation) -> shapes.Writer:
    """Who wrote before in this conversation, and whether their words are kept from who asks."""
    told, mine = before.told, conversation.assessment.role
    return {
        "since": before.since,
        "until": before.until,
        "role": told.role,
        "age_band": told.age_band,
        "apart": conversation.another_at is None and is_withheld(told, mine),
    }


def _erasure(wish: Erasure | None) -> shapes.Erasure | None:
    if wish is None:
        return None
    return {"asked_at": wish.asked_at.isoformat(), "due_at": _time(wish.due_at)}


def _place(conversation: Conversation) -> str | None:
    """The place in the line, of a width that sorts as text: JavaScript's numbers are too short."""
    place = place_of(conversation)
    return None if place is None else f"{place:018d}"


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
