"""Words that are orders to the service, in any channel and whoever owns the conversation."""

from enum import StrEnum


class Command(StrEnum):
    """What the person wants done at once, without the assistant."""

    STOP = "stop"
    # What to do first, once more.
    GESTURES = "gestures"
    ERASE = "erase"
    CONFIRM_ERASE = "confirm_erase"
    KEEP = "keep"
    AGREE = "agree"
    DISAGREE = "disagree"
    # Answers to `core.follow_up`: when we may write, and who reads what we wrote.
    FOLLOW_MIDDAY = "follow_midday"
    FOLLOW_EVENING = "follow_evening"
    FOLLOW_NO = "follow_no"
    FOLLOW_ME = "follow_me"
    FOLLOW_LATER = "follow_later"
    FOLLOW_STRANGER = "follow_stranger"
    # Three words that are read out on the telephone, and are no call's code now.
    WRONG_CODE = "wrong_code"
