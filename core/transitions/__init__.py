"""What may happen to a conversation: pure functions from a conversation to a `Change`.

Each returns the whole consequence of one event or command, to be committed in one transaction, or
raises `Refused` where the rules forbid it. Only the owner answers: bot or listener, never both.
Whoever owns the conversation, a critical message is shown at once and starts the alarm clock.
Machines only raise urgency.

`person` has what the person does, `wishes` their orders, `machine` what bot and clock do, `calling`
when who is on call is called, `leaving` when a conversation is over by the clock, `opinion` what
they are asked at the end, `listener` what a listener does, `correction` what they know better,
`writers` who else writes, `needs` who should go on, `alongside` who reads along, `passing` how a
conversation changes hands and `supervisor` who may order that; all of them build on `draft`.
"""

from core.transitions.alongside import invite_along, leave_alongside
from core.transitions.calling import call_at, tell_nobody_came
from core.transitions.correction import Correction, Why, correct
from core.transitions.draft import ALARM_AFTER, TELL_DANGER_AGAIN_AFTER
from core.transitions.following import (
    ask_follow_up,
    confirm_identity,
    finish_follow_up,
    follow_up_due,
    let_go,
    note_follow_up,
    write_follow_up,
)
from core.transitions.joining import give_code, join_call, join_chat, miss_code
from core.transitions.leaving import LEFT_AFTER, left_at
from core.transitions.listener import claim, claim_id, close, give_back, reply, reply_id
from core.transitions.machine import (
    SILENCE,
    alarm_at,
    answer,
    ask_to_write,
    closing_at,
    end_of_who_left,
    hand_over_silent,
    hand_over_untriaged,
    silence_ends_at,
    sound_alarm,
    tell_numbers_again,
    tell_of_closing,
)
from core.transitions.needs import ask_for
from core.transitions.opinion import ask_opinion, left_to_ask, rate
from core.transitions.orientation import note_agreement, suggest
from core.transitions.passing import (
    OFFER_STANDS,
    UNDO_WITHIN,
    accept,
    add_note,
    decline,
    hand_back,
    note_id,
    offer,
    reopen,
    return_to_bot,
    withdraw,
)
from core.transitions.person import (
    RETURN_WITHIN,
    WAITING_NOTICE_EVERY,
    answered_elsewhere,
    arrive,
    edit,
    enter_unread,
    files_arrived,
    open_conversation,
    react,
    receive,
    thread_moved,
    unsend,
    written_before,
)
from core.transitions.supervisor import assign, take_back, whisper
from core.transitions.telephone import call_id, open_call
from core.transitions.waiting import numbers_again_at
from core.transitions.wishes import (
    ERASE_AFTER,
    ask_again_at,
    end_before_erasing,
    may_be_ended,
    may_erase,
)
from core.transitions.writers import another_writes, nobody_else_writes

__all__ = [
    "ALARM_AFTER",
    "ERASE_AFTER",
    "LEFT_AFTER",
    "OFFER_STANDS",
    "RETURN_WITHIN",
    "SILENCE",
    "TELL_DANGER_AGAIN_AFTER",
    "UNDO_WITHIN",
    "WAITING_NOTICE_EVERY",
    "Correction",
    "Why",
    "accept",
    "add_note",
    "alarm_at",
    "another_writes",
    "answer",
    "answered_elsewhere",
    "arrive",
    "ask_again_at",
    "ask_follow_up",
    "ask_for",
    "ask_opinion",
    "ask_to_write",
    "assign",
    "call_at",
    "call_id",
    "claim",
    "claim_id",
    "close",
    "closing_at",
    "confirm_identity",
    "correct",
    "decline",
    "edit",
    "end_before_erasing",
    "end_of_who_left",
    "enter_unread",
    "files_arrived",
    "finish_follow_up",
    "follow_up_due",
    "give_back",
    "give_code",
    "hand_back",
    "hand_over_silent",
    "hand_over_untriaged",
    "invite_along",
    "join_call",
    "join_chat",
    "leave_alongside",
    "left_at",
    "left_to_ask",
    "let_go",
    "may_be_ended",
    "may_erase",
    "miss_code",
    "nobody_else_writes",
    "note_agreement",
    "note_follow_up",
    "note_id",
    "numbers_again_at",
    "offer",
    "open_call",
    "open_conversation",
    "rate",
    "react",
    "receive",
    "reopen",
    "reply",
    "reply_id",
    "return_to_bot",
    "silence_ends_at",
    "sound_alarm",
    "suggest",
    "take_back",
    "tell_nobody_came",
    "tell_numbers_again",
    "tell_of_closing",
    "thread_moved",
    "unsend",
    "whisper",
    "withdraw",
    "write_follow_up",
    "written_before",
]
