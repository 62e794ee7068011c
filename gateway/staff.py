"""Accounts of listeners as the command line handles them, through the storage port."""

import asyncio
from dataclasses import dataclass, replace

from core.accounts import Listener, StaffRole
from core.audit import Deed, Verb
from core.clock import system_clock
from core.errors import NotFound
from core.ids import ListenerId, new_id
from core.ports import Accounts, Phrasebook, Store
from gateway.presence import give_back_all
from gateway.settings import Settings
from gateway.stores import opened_store
from handoff.passwords import hash_password, new_one_time_password
from handoff.roster import Roster, checked

FIRST_LOGIN = "ecoutant"


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
    login, name = checked(login, name)
    password = new_one_time_password()
    listener = Listener(
        id=ListenerId(new_id()),
        login=login,
        name=name,
        role=role,
        password_hash=await asyncio.to_thread(hash_password, password),
        created_at=system_clock(),
        one_time=True,
    )
    deed = _deed(Verb.ACCOUNT_ADDED, listener, role=role.value)
    await accounts.add_listener(listener, deeds=[deed])
    return FirstLogin(login, password)


async def reset(accounts: Accounts, login: str) -> FirstLogin:
    """A new one-time password; every sign-in of the account ends and it is enabled again.

    Raises NotFound.
    """
    listener = await _find(accounts, login)
    password = new_one_time_password()
    hashed = await asyncio.to_thread(hash_password, password)
    changed = replace(
        listener, password_hash=hashed, one_time=True, disabled=False, invitation=None
    )
    await accounts.save_listener(changed, deeds=[_deed(Verb.ACCOUNT_RESET, listener)])
    await accounts.end_sessions(listener.id)
    return FirstLogin(listener.login, password)


async def disable(store: Store, login: str, phrases: Phrasebook) -> int:
    """Close an account, end its sign-ins and give its conversations back to the queue.

    Returns how many those were. Raises NotFound.
    """
    listener = await _find(store, login)
    deed = _deed(Verb.ACCOUNT_DISABLED, listener)
    await store.save_listener(replace(listener, disabled=True), deeds=[deed])
    await store.end_sessions(listener.id)
    return await give_back_all(store, listener.id, phrases=phrases, clock=system_clock)


async def invite(
    store: Store, *, login: str, name: str | None, role: StaffRole, phrases: Phrasebook
) -> str:
    """The token of a link for a new account, or for one that exists; `role` is for a new one.

    What an existing account held goes back to the queue, and its password opens nothing any more.
    """

    async def release(listener_id: ListenerId) -> None:
        await store.end_sessions(listener_id)
        await give_back_all(store, listener_id, phrases=phrases, clock=system_clock)

    roster = Roster(accounts=store, clock=system_clock, release=release)
    known = await store.listener_by_login(login)
    if known is not None:
        return await roster.invite_again(known.id, by=None)
    _, token = await roster.invite(login=login, name=name or login.title(), role=role, by=None)
    return token


def _deed(verb: Verb, listener: Listener, **details: str) -> Deed:
    """A deed of the command line, which knows no account of its own."""
    return Deed(verb=verb, at=system_clock(), object=listener.id, details=details)


async def _find(accounts: Accounts, login: str) -> Listener:
    listener = await accounts.listener_by_login(login)
    if listener is None:
        raise NotFound(f"There is no account {login!r}.")
    return listener
