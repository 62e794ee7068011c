"""Connecting Messenger and Instagram: the page, its token, who is called, and for what.

Fields: Meta, "Webhooks reference: Page" and "Webhooks reference: Instagram".
"""

from collections.abc import AsyncIterator, Sequence
from functools import partial

from connectors.messenger.connector import PATH
from gateway.checking import Check, State
from gateway.connecting.graph import Fields, Graph, rows
from gateway.connecting.meta import (
    Hook,
    application,
    application_unknown,
    open_session,
    token_checks,
    webhook_checks,
)
from gateway.connecting.steps import Step, Wish, all_taken, settings_missing, shown, taken
from gateway.connecting.trial import send_test
from gateway.settings import Settings

_PAGE_SCOPES = frozenset({"pages_messaging", "pages_manage_metadata"})
_INSTAGRAM_SCOPES = frozenset({"instagram_basic", "instagram_manage_messages"})
PAGE_FIELDS = frozenset(
    "messages messaging_postbacks messaging_referrals messaging_optins message_reactions "
    "message_edits message_deliveries message_reads message_echoes messaging_handovers standby "
    "messaging_policy_enforcement".split()
)
# The names of Instagram's other fields are not confirmed, and Meta refuses all for one that is
# wrong: tick the rest in the dashboard.
INSTAGRAM_FIELDS = frozenset(
    "messages message_reactions messaging_postbacks messaging_referral messaging_seen "
    "messaging_handover standby".split()
)


async def connect(settings: Settings, wish: Wish) -> AsyncIterator[Check]:
    """Every check, in the order in which things depend on each other."""
    if missing := settings_missing(settings, "messenger"):
        for check in missing:
            yield check
        return
    assert settings.messenger_page_token is not None
    assert settings.messenger_app_secret is not None
    token = settings.messenger_page_token.get_secret_value()
    secret = settings.messenger_app_secret.get_secret_value()
    scopes = _PAGE_SCOPES | (_INSTAGRAM_SCOPES if settings.instagram_id else frozenset())
    async with open_session() as session:
        page = Graph(session, url=settings.graph_url, token=token, secret=secret)
        app = application(session, settings, secret)
        if app is None:
            yield application_unknown("token")
        else:
            for check in await taken("token", partial(token_checks, app, token, scopes)):
                yield check
        usable = True
        for check in await taken("page", partial(_page, settings, page)):
            usable = usable and not (check.name == "page" and check.state is State.FAIL)
            yield check
        if not usable:
            return
        steps: list[tuple[str, Step]] = [
            ("instagram", partial(_instagram, settings, page)),
            ("page fields", partial(_subscribed_fields, settings, page, wish)),
        ]
        if app is None:
            yield application_unknown("webhook")
        else:
            steps += [
                ("webhook", partial(webhook_checks, app, settings, hook, wish))
                for hook in _hooks(settings)
            ]
        async for check in all_taken(steps):
            yield check
    if wish.to is not None:
        yield await send_test(settings, "messenger", settings.messenger_page_id or "", wish.to)


def _hooks(settings: Settings) -> Sequence[Hook]:
    assert settings.messenger_verify_token is not None
    verify_token = settings.messenger_verify_token.get_secret_value()
    page = Hook("page", PATH, verify_token, PAGE_FIELDS)
    if settings.instagram_id is None:
        return (page,)
    return (page, Hook("instagram", PATH, verify_token, INSTAGRAM_FIELDS))


async def _page(settings: Settings, page: Graph) -> Sequence[Check]:
    me = await page.get("me", fields="id,name")
    if str(me.get("id")) == settings.messenger_page_id:
        return [Check(State.OK, "page", f"open to this token: {shown(me.get('name'))}")]
    return [
        Check(
            State.FAIL,
            "page",
            "the token is of another page or of a person",
            "take the page's own from GET /me/accounts: docs/messenger.md, The token",
        )
    ]


async def _instagram(settings: Settings, page: Graph) -> Sequence[Check]:
    """The Instagram account that is linked to the page, against the one of the settings."""
    field = "instagram_business_account"
    found = (await page.get(settings.messenger_page_id or "", fields=field)).get(field)
    linked = str(found["id"]) if isinstance(found, dict) and "id" in found else None
    if settings.instagram_id is None:
        mend = f"set RELAIS_INSTAGRAM_ID={shown(linked)}" if linked else ""
        return [Check(State.OFF, "instagram", "off", mend)]
    if linked != settings.instagram_id:
        mend = "link it to the page, or compare RELAIS_INSTAGRAM_ID: docs/messenger.md"
        return [Check(State.FAIL, "instagram", "this account is not the page's", mend)]
    account = await page.get(linked, fields="id,username")
    return [Check(State.OK, "instagram", f"linked to the page: {shown(account.get('username'))}")]


async def _subscribed_fields(settings: Settings, page: Graph, wish: Wish) -> Sequence[Check]:
    """For what the page calls our application."""
    edge = f"{settings.messenger_page_id}/subscribed_apps"
    before = _fields(await page.get(edge), settings)
    missing = PAGE_FIELDS - before
    if not missing:
        return [Check(State.OK, "page fields", f"{len(PAGE_FIELDS)} subscribed")]
    told = f"missing: {', '.join(sorted(missing))}"
    if not wish.register:
        return [Check(State.FAIL, "page fields", told, "run this again without --look")]
    await page.post(edge, subscribed_fields=",".join(sorted(PAGE_FIELDS | before)))
    if still := PAGE_FIELDS - _fields(await page.get(edge), settings):
        told = f"still missing: {', '.join(sorted(still))}"
        return [Check(State.FAIL, "page fields", told, "look in the dashboard")]
    return [Check(State.OK, "page fields", f"subscribed now: {len(missing)} more")]


def _fields(answer: Fields, settings: Settings) -> frozenset[str]:
    ours = [
        row
        for row in rows(answer)
        if settings.meta_app_id is None or str(row.get("id")) == settings.meta_app_id
    ]
    listed = [row.get("subscribed_fields") for row in ours]
    return frozenset(str(name) for each in listed if isinstance(each, list) for name in each)
