"""Accounts of listeners as the command line handles them, through the storage port."""

import asyncio
import re
from dataclasses import dataclass, replace

from core import transitions
from core.accounts import Listener, StaffRole
from core.clock import system_clock
from core.conversation import Conversation
from core.errors import Conflict, NotFound, Refused
from core.ids import ListenerId, new_id
from core.ports import Accounts, Phrasebook, Store
from gateway.settings import Settings
from gateway.stores import opened_store
from handoff.passwords import hash_password, new_one_time_password

FIRST_LOGIN = "ecoutant"
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """A sign-in to show once: only the hash of the password is kept."""

    login: str
    password: str


async def create_first_listener(settings: Settings) -> FirstLogin | None:
    """The first account of an empty service; None when there are accounts already."""
    async with opened_store(settings) as store:
        if await store.listeners():
            return None
        return await add(store, login=FIRST_LOGIN, name="L’équipe", role=StaffRole.LISTENER)


async def add(accounts: Accounts, *, login: str, name: str, role: StaffRole) -> FirstLogin:
    """A new account with a one-time password. Raises Conflict when the login is taken."""
    login = login.lower()
    if not _LOGIN.fullmatch(login):
        raise Refused("A login has 2 to 40 characters of a-z 0-9 . _ - and starts with no sign.")
    if not name.strip() or len(name) > 60 or not name.isprintable():
        raise Refused("A name has 1 to 60 characters.")
    password = new_one_time_password()
    await accounts.add_listener(
        Listener(
            id=ListenerId(new_id()),
            login=login,
            name=name.strip(),
            role=role,
            password_hash=await asyncio.to_thread(hash_password, password),
            created_at=system_clock(),
            one_time=True,
        )
    )
    return FirstLogin(login, password)


async def reset(accounts: Accounts, login: str) -> FirstLogin:
    """A new one-time password; every sign-in of the account ends and it is enabled again.

    Raises NotFound.
    """
    listener = await _find(accounts, login)
    password = new_one_time_password()
    hashed = await asyncio.to_thread(hash_password, password)
    await accounts.save_listener(
        replace(listener, password_hash=hashed, one_time=True, disabled=False)
    )
    await accounts.end_sessions(listener.id)
    return FirstLogin(listener.login, password)


async def disable(store: Store, login: str, phrases: Phrasebook) -> int:
    """Close an account, end its sign-ins and give its conversations back to the queue.

    Returns how many those were. Raises NotFound.
    """
    listener = await _find(store, login)
    await store.save_listener(replace(listener, disabled=True))
    await store.end_sessions(listener.id)
    given_back = 0
    for held in await store.held_by(listener.id):
        given_back += await _give_back(store, held, phrases)
    return given_back


async def _give_back(store: Store, held: Conversation, phrases: Phrasebook) -> bool:
    """False when the conversation left the listener by itself meanwhile."""
    while True:
        now = system_clock()
        try:
            change = transitions.give_back(held, now=now, phrases=phrases)
            await store.commit(change, now=now)
        except Refused:
            return False
        except Conflict:
            held = await store.conversation(held.id)
        else:
            return True


async def _find(accounts: Accounts, login: str) -> Listener:
    listener = await accounts.listener_by_login(login)
    if listener is None:
        raise NotFound(f"There is no account {login!r}.")
    return listener
