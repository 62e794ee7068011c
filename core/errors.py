"""What can go wrong, by what the caller should do about it. No error carries a person's words."""


class RelaisError(Exception):
    """Base of every error of ours; the docstring of a subclass is its meaning."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or (self.__class__.__doc__ or "").split("\n")[0])


class ConfigurationError(RelaisError):
    """A setting is wrong: refuse to start, and name the variable."""


class StorageUnavailable(RelaisError):
    """The database cannot keep messages now: answer 503, try again later."""


class Conflict(RelaisError):
    """The conversation changed since it was read: read it again and decide again."""


class LeaseLost(RelaisError):
    """Another worker holds this work now: drop what was prepared, write nothing."""


class DuplicateMessage(RelaisError):
    """This message id is already kept: the command was done before, answer as then."""


class NotFound(RelaisError):
    """No such thing, or not for the one who asks; both look the same from outside."""


class Refused(RelaisError):
    """The rules do not allow this now, for instance a reply by someone who is not the owner."""


class Unseen(Refused):
    """The person wrote something that the listener has not seen yet: read it first."""


class AnotherWrites(Refused):
    """Somebody else took the phone since: what was said of the one is not said of the other."""


class Ended(Refused):
    """The conversation is over."""


class TooUrgent(Refused):
    """No machine may be left alone with somebody in such a state."""


class TooLate(Refused):
    """The time in which this could be taken back is over."""


class IndecentHour(Refused):
    """Nobody is written to or called so early or so late."""


class NotThere(Refused):
    """The colleague is away, or not free."""


class AnotherPerson(Refused):
    """What was written there is, or may be, not from the person who writes here."""


class Busy(Refused):
    """The listener holds as many conversations as they can."""


class SealBroken(RelaisError):
    """A sealed value does not open: wrong key, erased key, or altered data."""


class AssistantUnavailable(RelaisError):
    """The triage assistant gave no usable answer: hand the person to a human."""
