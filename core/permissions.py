"""What each staff role may do, as data."""

from collections.abc import Mapping
from enum import StrEnum

from core.accounts import Listener, StaffRole


class Permission(StrEnum):
    """One thing that not everybody may do."""

    # Take conversations from the queue, answer and close them, look at what people sent.
    ANSWER = "answer"
    # See the whole desk: who is on, who waits, figures; move conversations between listeners.
    SUPERVISE = "supervise"
    # Change what the service says and when: hours, directory, prepared replies.
    EDIT_SERVICE = "edit_service"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_AUDIT = "read_audit"


# An admin manages accounts and reads no conversation.
GRANTS: Mapping[StaffRole, frozenset[Permission]] = {
    StaffRole.LISTENER: frozenset({Permission.ANSWER}),
    StaffRole.SUPERVISOR: frozenset(
        {
            Permission.ANSWER,
            Permission.SUPERVISE,
            Permission.EDIT_SERVICE,
            Permission.READ_AUDIT,
        }
    ),
    StaffRole.ADMIN: frozenset({Permission.MANAGE_ACCOUNTS, Permission.READ_AUDIT}),
}


def may(listener: Listener, permission: Permission) -> bool:
    """Whether an account may do this now: a disabled one, or one whose password was given out by
    somebody else, may do nothing."""
    usable = not listener.disabled and not listener.one_time
    return usable and permission in GRANTS[listener.role]
