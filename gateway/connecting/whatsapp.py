"""Connecting WhatsApp: the number, its token, who is called, and the template.

Fields and values: Meta, "WhatsApp Business Account Phone Number API" and "Subscribed Apps API".
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.sentences import Catalogue
from connectors.whatsapp.connector import ROUTE
from core.labels import Address
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

SCOPES = frozenset({"whatsapp_business_messaging", "whatsapp_business_management"})
FIELDS = frozenset({"messages", "calls", "account_update", "user_preferences"})


@dataclass(frozen=True, slots=True)
class _Trait:
    """A field of the number: its name for people, its good values, those that stop us, a remedy."""

    name: str
    good: frozenset[str]
    bad: frozenset[str]
    mend: str


def _of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TRAITS: Mapping[str, _Trait] = {
    "platform_type": _Trait(
        "registration",
        _of("CLOUD_API"),
        _of("NOT_APPLICABLE ON_PREMISE"),
        "register the number for the Cloud API: docs/whatsapp.md, The app and the number",
    ),
    "status": _Trait(
        "state",
        _of("CONNECTED"),
        _of("BANNED RESTRICTED DISCONNECTED MIGRATED DELETED OFFLINE"),
        "look at the number in WhatsApp Manager",
    ),
    "quality_rating": _Trait(
        "quality",
        _of("GREEN UNKNOWN NA"),
        _of("RED"),
        "people block or report us: write less, and only to who wrote first",
    ),
    "code_verification_status": _Trait(
        "confirmation",
        _of("VERIFIED"),
        frozenset(),
        "confirm the number by SMS or call in WhatsApp Manager",
    ),
    "name_status": _Trait(
        "display name",
        _of("APPROVED AVAILABLE_WITHOUT_REVIEW"),
        frozenset(),
        "Meta has not approved it: choose another in WhatsApp Manager, or wait",
    ),
}
_TEMPLATE_MENDS = {
    "PENDING": "wait for Meta: minutes as a rule, 24 hours at most",
    "REJECTED": "Meta says why in WhatsApp Manager; submit other words under another name",
}


async def connect(settings: Settings, wish: Wish) -> AsyncIterator[Check]:
    """Every check, in the order in which things depend on each other."""
    if missing := settings_missing(settings, "whatsapp"):
        for check in missing:
            yield check
        return
    assert settings.whatsapp_token is not None
    assert settings.whatsapp_app_secret is not None
    token = settings.whatsapp_token.get_secret_value()
    secret = settings.whatsapp_app_secret.get_secret_value()
    async with open_session() as session:
        account = Graph(session, url=settings.graph_url, token=token, secret=secret)
        app = application(session, settings, secret)
        if app is None:
            yield application_unknown("token")
        else:
            for check in await taken("token", partial(token_checks, app, token, SCOPES)):
                yield check
        usable = True
        for check in await taken("number", partial(_number, settings, account)):
            usable = usable and not (check.name == "number" and check.state is State.FAIL)
            yield check
        if not usable:
            return
        steps: list[tuple[str, Step]] = []
        if app is None:
            yield application_unknown("webhook")
        else:
            step = partial(webhook_checks, app, settings, _hook(settings), wish)
            steps.append(("webhook", step))
        if settings.whatsapp_business_id is None:
            yield Check(
                State.WARN,
                "account",
                "not looked at: RELAIS_WHATSAPP_BUSINESS_ID is not set",
                "set it: without a subscription of the account nothing comes in",
            )
        else:
            business = _Business(account, settings.whatsapp_business_id, settings)
            steps.append(("account", partial(business.subscription, wish)))
            steps.append(("template", partial(business.template, wish)))
        async for check in all_taken(steps):
            yield check
    if wish.to is not None:
        yield await send_test(settings, "whatsapp", settings.whatsapp_phone_id or "", wish.to)


def _hook(settings: Settings) -> Hook:
    assert settings.whatsapp_verify_token is not None
    verify_token = settings.whatsapp_verify_token.get_secret_value()
    return Hook("whatsapp_business_account", ROUTE, verify_token, FIELDS)


async def _number(settings: Settings, account: Graph) -> Sequence[Check]:
    names = ",".join(("verified_name", *_TRAITS))
    number = await account.get(settings.whatsapp_phone_id or "", fields=names)
    checks = [
        Check(State.OK, "number", f"open to this token: {shown(number.get('verified_name'))}")
    ]
    for field, trait in _TRAITS.items():
        value = number.get(field)
        # Meta leaves out what does not apply.
        if value is None:
            continue
        if value in trait.good:
            checks.append(Check(State.OK, trait.name, shown(value)))
        else:
            state = State.FAIL if value in trait.bad else State.WARN
            checks.append(Check(state, trait.name, shown(value), trait.mend))
    return checks


@dataclass(frozen=True, slots=True)
class _Business:
    """The WhatsApp account that the number belongs to."""

    account: Graph
    id: str
    settings: Settings

    async def subscription(self, wish: Wish) -> Sequence[Check]:
        """Without it nothing comes in, and nothing says so."""
        edge = f"{self.id}/subscribed_apps"
        if self._is_subscribed(await self.account.get(edge)):
            return [Check(State.OK, "account", "subscribed to the application")]
        if not wish.register:
            return [Check(State.FAIL, "account", "not subscribed", "run this again without --look")]
        await self.account.post(edge)
        if self._is_subscribed(await self.account.get(edge)):
            return [Check(State.OK, "account", "subscribed now")]
        return [Check(State.FAIL, "account", "still not subscribed", "see docs/whatsapp.md")]

    def _is_subscribed(self, answer: Fields) -> bool:
        apps = [row.get("whatsapp_business_api_data") for row in rows(answer)]
        ids = [str(app.get("id")) for app in apps if isinstance(app, dict)]
        # Without our application's id, any that is subscribed passes for ours.
        return bool(ids) if self.settings.meta_app_id is None else self.settings.meta_app_id in ids

    async def template(self, wish: Wish) -> Sequence[Check]:
        """Whether people can be called back once the 24 hours are over."""
        name, language = self.settings.whatsapp_template, self.settings.whatsapp_template_language
        if name is None:
            mend = "set it to a name of your own, such as reprise, and --submit-template"
            return [Check(State.WARN, "template", "RELAIS_WHATSAPP_TEMPLATE is not set", mend)]
        edge = f"{self.id}/message_templates"
        answer = await self.account.get(edge, name=name, fields="name,status,language,category")
        # Meta finds names that begin alike, too.
        found = [t for t in rows(answer) if (t.get("name"), t.get("language")) == (name, language)]
        if found:
            status = str(found[0].get("status"))
            if status == "APPROVED":
                return [Check(State.OK, "template", f"{shown(name)} ({language}) is approved")]
            mend = _TEMPLATE_MENDS.get(status, "look at it in WhatsApp Manager")
            state = State.WARN if status == "PENDING" else State.FAIL
            return [Check(state, "template", f"{shown(name)}: {shown(status)}", mend)]
        if not (wish.register and wish.submit_template):
            found_none = f"{shown(name)} ({language}) does not exist"
            return [Check(State.FAIL, "template", found_none, "run this with --submit-template")]
        text = Catalogue.load().say("reopen_template", Address.VOUS).text
        made = await self.account.post(
            edge,
            name=name,
            language=language,
            category="UTILITY",
            components=[{"type": "BODY", "text": text}],
        )
        told = f"submitted: {shown(made.get('status'))}"
        return [Check(State.WARN, "template", told, _TEMPLATE_MENDS["PENDING"])]
