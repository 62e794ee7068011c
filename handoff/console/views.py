"""Domain types as the console's JSON; pure. See `docs/console-api.md`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.accounts import Listener
from core.assessment import Assessment, Reason
from core.conversation import Author, Conversation, Message
from core.ids import ListenerId

Names = Mapping[ListenerId, str]

# What a listener would like to know; what of it is missing is said, not left out.
_WANTED = ("issue", "role", "age_band", "platform")


def me(listener: Listener) -> dict[str, Any]:
    """The signed-in account."""
    return {
        "id": listener.id,
        "login": listener.login,
        "name": listener.name,
        "role": listener.role.value,
        "must_change_password": listener.one_time,
    }


def summary(conversation: Conversation, viewer: Listener, names: Names) -> dict[str, Any]:
    """A conversation as a row: never a word of what was said."""
    assessment, ticket = conversation.assessment, conversation.ticket
    owner = conversation.owner.listener_id
    return {
        "id": conversation.id,
        "version": conversation.version,
        "channel": conversation.channel,
        "owner": conversation.owner.kind.value,
        "listener": names.get(owner) if owner else None,
        "mine": conversation.is_held_by(viewer.id),
        "ticket": ticket.status.value if ticket else None,
        "urgency": assessment.urgency.value,
        "issue": assessment.issue,
        "issue_secondary": assessment.issue_secondary,
        "role": assessment.role,
        "age_band": assessment.age_band,
        "platform": assessment.platform,
        "incomplete": assessment.incomplete,
        "opened_at": _time(conversation.opened_at),
        "waiting_since": _time(ticket.waiting_since) if ticket else None,
        "claimed_at": _time(ticket.claimed_at) if ticket else None,
        "danger_since": _time(conversation.danger_since),
        "alarmed_at": _time(conversation.alarmed_at),
        "closed_at": _time(conversation.closed_at),
        "last_seq": conversation.next_seq - 1,
    }


def message(entry: Message, names: Names) -> dict[str, Any]:
    """One message of a conversation that the viewer may read."""
    return {
        "seq": entry.seq,
        "author": entry.author.value,
        "name": names.get(entry.listener_id) if entry.listener_id else None,
        "text": entry.text,
        "at": _time(entry.at),
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
) -> dict[str, Any]:
    """Summary, card and `messages` of a conversation the viewer holds.

    `shown` are all messages with a sentence of the catalogue, told before or now: for the card.
    """
    return {
        "summary": summary(conversation, viewer, names),
        "card": card(conversation.assessment, shown),
        "messages": [message(each, names) for each in messages],
    }


def card(assessment: Assessment, messages: Sequence[Message]) -> dict[str, Any]:
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


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "start": reason.start,
        "end": reason.end,
        "rule": reason.rule,
        "urgency": reason.urgency.value,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
