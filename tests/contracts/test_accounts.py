"""What every engine promises about listeners and their sign-ins."""

import asyncio
from dataclasses import replace

import pytest

from core.accounts import Invitation, Listener, SecurityKey, Session, StaffRole, Totp
from core.audit import Deed, Verb
from core.errors import Conflict, NotFound, Refused
from core.ids import ListenerId, new_id
from core.ports import Store
from tests.builders import NOON, a_listener, at
from tests.contracts.conftest import Database


async def test_an_account_comes_back_as_it_was(store: Store) -> None:
    listener = a_listener("Camille.É", role=StaffRole.SUPERVISOR, one_time=True)
    await store.add_listener(listener)
    assert await store.listener(listener.id) == listener
    for login in ("Camille.É", "camille.é", "CAMILLE.É"):
        assert await store.listener_by_login(login) == listener


async def test_what_is_unknown(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.listener(ListenerId(new_id()))
    with pytest.raises(NotFound):
        await store.save_listener(a_listener())
    assert await store.listener_by_login("nobody") is None
    assert not await store.listeners()
    assert await store.session("nothing") is None
    await store.touch_session("nothing", seen_at=NOON)
    await store.end_session("nothing")
    await store.end_sessions(ListenerId(new_id()))


async def test_a_login_is_taken_once_whatever_its_case(store: Store) -> None:
    await store.add_listener(a_listener("camille"))
    with pytest.raises(Conflict):
        await store.add_listener(a_listener("CAMILLE"))
    other = a_listener("dominique")
    await store.add_listener(other)
    with pytest.raises(Conflict):
        await store.save_listener(replace(other, login="Camille"))
    assert await store.listener(other.id) == other


async def test_simultaneous_accounts_of_one_login_make_one(store: Store) -> None:
    made = [a_listener("camille") for _ in range(20)]
    outcomes = await asyncio.gather(*map(store.add_listener, made), return_exceptions=True)
    assert [type(one) for one in outcomes].count(Conflict) == 19
    assert len(await store.listeners()) == 1


async def test_an_account_is_replaced(store: Store) -> None:
    listener = a_listener("camille", one_time=True)
    await store.add_listener(listener)
    new = replace(listener, login="cam", password_hash="$argon2id$new", one_time=False)
    await store.save_listener(new)
    assert await store.listener(listener.id) == new
    assert await store.listener_by_login("cam") == new
    assert await store.listener_by_login("camille") is None


async def test_accounts_are_listed_oldest_first(store: Store) -> None:
    made: list[Listener] = [a_listener(created_at=at(n)) for n in (3, 1, 2)]
    for one in made:
        await store.add_listener(one)
    assert [one.created_at for one in await store.listeners()] == [at(1), at(2), at(3)]


def a_session(listener_id: ListenerId | None = None) -> Session:
    return Session(
        token_hash=new_id(),
        listener_id=listener_id or ListenerId(new_id()),
        created_at=NOON,
        seen_at=NOON,
    )


async def test_a_session_is_found_touched_and_ended(store: Store) -> None:
    session = a_session()
    await store.add_session(session)
    assert await store.session(session.token_hash) == session
    await store.touch_session(session.token_hash, seen_at=at(60))
    assert await store.session(session.token_hash) == replace(session, seen_at=at(60))
    await store.end_session(session.token_hash)
    assert await store.session(session.token_hash) is None


async def test_all_sessions_of_a_listener_end_and_no_others(store: Store) -> None:
    mine, others = a_session(), a_session()
    same = a_session(mine.listener_id)
    for one in (mine, same, others):
        await store.add_session(one)
    await store.end_sessions(mine.listener_id)
    assert await store.session(mine.token_hash) is None
    assert await store.session(same.token_hash) is None
    assert await store.session(others.token_hash) == others


async def test_an_account_with_all_that_opens_it_comes_back_as_it_was(store: Store) -> None:
    key = SecurityKey(
        id="AAEC", public_key="pQEC", sign_count=3, site="localhost", label="Clé", added_at=NOON
    )
    listener = a_listener(
        invitation=Invitation(secret_hash="h" * 64, expires_at=at(60)),
        totp=Totp(secret="JBSWY3DPEHPK3PXP", last_step=58),
        keys=(key,),
        recovery=("a" * 64,),
        second_steps=4,
    )
    await store.add_listener(listener)
    assert await store.listener(listener.id) == listener


async def test_an_amendment_sees_the_account_as_it_is_and_changes_all_or_nothing(
    store: Store,
) -> None:
    listener = a_listener("camille", second_steps=1)
    await store.add_listener(listener)
    await store.add_listener(a_listener("dominique"))
    deed = Deed(verb=Verb.ROLE_CHANGED, at=NOON)

    def refuse(current: Listener) -> tuple[Listener, list[Deed]]:
        raise Refused

    for decision, error in (
        (refuse, Refused),
        (lambda current: (replace(current, login="dominique"), [deed]), Conflict),
    ):
        with pytest.raises(error):
            await store.amend_listener(listener.id, decision)
    with pytest.raises(NotFound):
        await store.amend_listener(ListenerId(new_id()), lambda current: (current, []))
    assert await store.listener(listener.id) == listener
    assert not await store.audit_entries()

    amended = await store.amend_listener(
        listener.id, lambda current: (replace(current, name=f"{current.name}!"), [deed])
    )
    assert amended == replace(listener, name="Camille!")
    assert await store.listener(listener.id) == amended
    assert len(await store.audit_entries()) == 1


async def test_simultaneous_amendments_follow_one_another(database: Database, store: Store) -> None:
    listener = a_listener()
    await store.add_listener(listener)
    other = await database.another_store()

    def count(current: Listener) -> tuple[Listener, list[Deed]]:
        return replace(current, second_steps=current.second_steps + 1), []

    await asyncio.gather(*(one.amend_listener(listener.id, count) for one in [store, other] * 8))
    assert (await store.listener(listener.id)).second_steps == 16


async def test_the_sign_ins_of_an_account_are_listed(store: Store) -> None:
    first = replace(a_session(), label="Firefox, Windows")
    second = replace(a_session(first.listener_id), created_at=at(5))
    for one in (second, first, a_session()):
        await store.add_session(one)
    assert list(await store.sessions(first.listener_id)) == [first, second]
    assert not await store.sessions(ListenerId(new_id()))
