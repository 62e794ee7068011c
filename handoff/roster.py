"""Who has an account: invited by link, given a role, closed and opened again.

Nobody hands out passwords: whoever is invited chooses their own, with a link that works once and
for three days. Every change is recorded in the audit with it.
"""

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.accounts import Invitation, Listener, StaffRole
from core.audit import Deed, Verb
from core.clock import Clock
from core.errors import NotFound, Refused
from core.ids import ListenerId, new_id
from core.ports import Accounts
from handoff.passwords import hash_password

INVITATION_LASTS = timedelta(days=3)
NAME_LIMIT = 60
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class BadAccount(Refused):
    """A login has 2 to 40 characters of a-z 0-9 . _ - and starts with no sign; a name 1 to 60."""


class Oneself(Refused):
    """Nobody takes their own account or role away: one who may give it back must remain."""


def checked(login: str, name: str) -> tuple[str, str]:
    """A login and a name as they are kept. Raises BadAccount."""
    login, name = login.strip().lower(), name.strip()
    if not _LOGIN.fullmatch(login):
        raise BadAccount
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise BadAccount
    return login, name


class Roster:
    """Changes accounts. `by` is who does it; None: the command line.

    `release` ends an account's sign-ins and gives what it holds back to the queue.
    """

    def __init__(
        self,
        *,
        accounts: Accounts,
        clock: Clock,
        release: Callable[[ListenerId], Awaitable[None]],
    ) -> None:
        self._accounts = accounts
        self._clock = clock
        self._release = release

    async def invite(
        self, *, login: str, name: str, role: StaffRole, by: ListenerId | None
    ) -> tuple[Listener, str]:
        """A new account and the token of its link. Raises Conflict (login taken), BadAccount."""
        login, name = checked(login, name)
        listener_id = ListenerId(new_id())
        token, invitation = self._invitation(listener_id)
        listener = Listener(
            id=listener_id,
            login=login,
            name=name,
            role=role,
            password_hash="",
            created_at=self._clock(),
            invitation=invitation,
        )
        deed = self._deed(Verb.ACCOUNT_ADDED, listener_id, by, {"role": role.value})
        await self._accounts.add_listener(listener, deeds=[deed])
        return listener, token

    async def invite_again(self, listener_id: ListenerId, *, by: ListenerId | None) -> str:
        """A new link for an account whose password is lost: it opens by nothing else any more.

        Second factors stay. Raises NotFound.
        """
        token, invitation = self._invitation(listener_id)
        await self._amend(
            listener_id, Verb.ACCOUNT_INVITED, by,
            password_hash="", one_time=False, invitation=invitation,
        )  # fmt: skip
        await self._release(listener_id)
        return token

    async def invited(self, token: str) -> Listener:
        """Whose link this is. Raises NotFound: used, too old, or never given."""
        listener_id, _, secret = token.partition(".")
        listener = await self._accounts.listener(ListenerId(listener_id))
        if not self._opens(listener, secret):
            raise NotFound
        return listener

    async def accept(self, token: str, password: str) -> Listener:
        """Choose a password with a link, which is used up. Raises NotFound."""
        listener = await self.invited(token)
        hashed = await asyncio.to_thread(hash_password, password)
        secret = token.partition(".")[2]
        deed = Deed(verb=Verb.INVITATION_ACCEPTED, at=self._clock(), actor=listener.id)

        def decision(current: Listener) -> tuple[Listener, list[Deed]]:
            if not self._opens(current, secret):
                raise NotFound
            return replace(current, password_hash=hashed, invitation=None), [deed]

        return await self._accounts.amend_listener(listener.id, decision)

    async def change_role(
        self, listener_id: ListenerId, role: StaffRole, *, by: ListenerId | None
    ) -> None:
        """Another role, at once. Raises NotFound, Oneself."""
        self._not_oneself(listener_id, by)
        details = {"role": role.value}
        await self._amend(listener_id, Verb.ROLE_CHANGED, by, details, role=role)
        # Sockets that are open know the role they were opened with.
        await self._release(listener_id)

    async def disable(self, listener_id: ListenerId, *, by: ListenerId | None) -> None:
        """Close an account, end its sign-ins, give its conversations back. Raises NotFound."""
        self._not_oneself(listener_id, by)
        await self._amend(listener_id, Verb.ACCOUNT_DISABLED, by, disabled=True, invitation=None)
        await self._release(listener_id)

    async def enable(self, listener_id: ListenerId, *, by: ListenerId | None) -> None:
        """Open an account again, with the password it had. Raises NotFound."""
        await self._amend(listener_id, Verb.ACCOUNT_ENABLED, by, disabled=False)

    async def forget_factors(self, listener_id: ListenerId, *, by: ListenerId | None) -> None:
        """Take the second factors of an account away: the phone or the key is lost.

        Its sign-ins end. Raises NotFound.
        """
        await self._amend(
            listener_id, Verb.FACTOR_REMOVED, by, {"factor": "all"}, totp=None, keys=(), recovery=()
        )
        await self._release(listener_id)

    async def _amend(
        self,
        listener_id: ListenerId,
        verb: Verb,
        by: ListenerId | None,
        details: Mapping[str, str] | None = None,
        **changes: Any,
    ) -> None:
        deed = self._deed(verb, listener_id, by, details or {})
        await self._accounts.amend_listener(
            listener_id, lambda current: (replace(current, **changes), [deed])
        )

    def _deed(
        self, verb: Verb, which: ListenerId, by: ListenerId | None, details: Mapping[str, str]
    ) -> Deed:
        return Deed(verb=verb, at=self._clock(), actor=by, object=which, details=details)

    def _invitation(self, listener_id: ListenerId) -> tuple[str, Invitation]:
        secret = secrets.token_urlsafe(32)
        expires_at = self._clock() + INVITATION_LASTS
        invitation = Invitation(secret_hash=_hash(secret), expires_at=expires_at)
        return f"{listener_id}.{secret}", invitation

    def _opens(self, listener: Listener, secret: str) -> bool:
        invitation = listener.invitation
        if invitation is None or listener.disabled or self._clock() > invitation.expires_at:
            return False
        return hmac.compare_digest(invitation.secret_hash, _hash(secret))

    @staticmethod
    def _not_oneself(listener_id: ListenerId, by: ListenerId | None) -> None:
        if listener_id == by:
            raise Oneself


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
