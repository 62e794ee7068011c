"""`relais user`: accounts of listeners."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from core.accounts import Listener, StaffRole
from core.errors import Conflict, RelaisError
from core.ports import Store
from gateway import staff
from gateway.run import base_url
from gateway.settings import load_settings
from gateway.stores import opened_store

T = TypeVar("T")


@click.group("user")
def command() -> None:
    """Listeners' accounts."""


@command.command("add")
@click.argument("login")
@click.option("--name", help="First name shown to people who write in. [default: the login]")
@click.option(
    "--role",
    type=click.Choice([role.value for role in StaffRole]),
    default=StaffRole.LISTENER.value,
    show_default=True,
)
def add(login: str, name: str | None, role: str) -> None:
    """Add an account and print its one-time password."""

    async def work(store: Store) -> staff.FirstLogin:
        return await staff.add(
            store, login=login, name=name or login.capitalize(), role=StaffRole(role)
        )

    try:
        _print(_with_store(work))
    except Conflict:
        raise RelaisError(f"The login {login!r} is taken.") from None


@command.command("invite")
@click.argument("login")
@click.option("--name", help="First name shown to people who write in. [default: the login]")
@click.option(
    "--role",
    type=click.Choice([role.value for role in StaffRole]),
    default=StaffRole.LISTENER.value,
    show_default=True,
    help="The role of a new account.",
)
def invite(login: str, name: str | None, role: str) -> None:
    """Print a link with which somebody chooses their own password, once, within three days.

    A login that is not taken becomes a new account. One that exists opens by the link alone from
    then on: its sign-ins end, and what it held goes back to the queue.
    """
    from bot.sentences import Catalogue

    phrases = Catalogue.load()

    async def work(store: Store) -> str:
        return await staff.invite(
            store, login=login, name=name, role=StaffRole(role), phrases=phrases
        )

    token = _with_store(work)
    settings = load_settings()
    click.echo(f"{settings.public_url or base_url(settings)}/console/#invitation={token}")
    click.echo("Shown only now. Give it to nobody else: it opens the account.", err=True)


@command.command("list")
def list_accounts() -> None:
    """List all accounts: login, role, state, name."""

    async def work(store: Store) -> None:
        for account in await store.listeners():
            click.echo(
                f"{account.login:<24} {account.role:<11} {_state(account):<9} {account.name}"
            )

    _with_store(work)


@command.command("reset")
@click.argument("login")
def reset(login: str) -> None:
    """Give an account a new one-time password, end its sign-ins, enable it again."""

    async def work(store: Store) -> staff.FirstLogin:
        return await staff.reset(store, login)

    _print(_with_store(work))


@command.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Close an account, end its sign-ins, give its conversations back. `reset` opens it again."""
    from bot.sentences import Catalogue

    phrases = Catalogue.load()

    async def work(store: Store) -> int:
        return await staff.disable(store, login, phrases)

    if given_back := _with_store(work):
        click.echo(f"{given_back} conversations went back to the queue.", err=True)


def _state(account: Listener) -> str:
    if account.disabled:
        return "disabled"
    if not account.password_hash:
        return "invited"
    return "one-time" if account.one_time else "active"


def _with_store(work: Callable[[Store], Awaitable[T]]) -> T:
    async def inside() -> T:
        async with opened_store(load_settings()) as store:
            return await work(store)

    return asyncio.run(inside())


def _print(first: staff.FirstLogin) -> None:
    click.echo(f"{first.login}   {first.password}")
    click.echo("Shown only now; it must be replaced at the first sign-in.", err=True)
