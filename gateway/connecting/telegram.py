"""Connecting Telegram: the bot, and where its updates go.

Source: https://core.telegram.org/bots/api#setwebhook. The token is part of every URL that the Bot
API has; `connectors.telegram.client` keeps it out of logs.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken

from connectors.telegram.client import UNREADABLE, Request, keep_tokens_out_of_logs
from connectors.telegram.payloads import ALLOWED_UPDATES
from core.clock import system_clock
from gateway.checking import Check, State
from gateway.connecting.steps import Wish, settings_missing, shown, webhook_url
from gateway.connecting.trial import send_test
from gateway.settings import Settings

PATH = "/webhooks/telegram"
# So many wait when our side has been silent for a while.
_MANY = 100
# An error that is older is over.
_LATELY = timedelta(hours=1)


async def connect(settings: Settings, wish: Wish) -> AsyncIterator[Check]:
    """Every check, in the order in which things depend on each other."""
    if missing := settings_missing(settings, "telegram"):
        for check in missing:
            yield check
        return
    assert settings.telegram_token is not None
    keep_tokens_out_of_logs()
    request = Request(read_timeout=20.0)
    await request.initialize()
    try:
        token = settings.telegram_token.get_secret_value()
        # Telegram's library refuses some tokens before it asks.
        bot = Bot(token, base_url=f"{settings.telegram_url}/bot", request=request)
        me = await bot.get_me()
        yield Check(State.OK, "bot", f"@{shown(me.username)}")
        if me.can_join_groups:
            yield Check(State.WARN, "groups", "anybody can add the bot", "/setjoingroups: Disable")
        for check in await _updates(bot, settings, wish):
            yield check
    except InvalidToken:
        yield Check(State.FAIL, "bot", "the token is refused", "ask @BotFather: /token")
        return
    except UNREADABLE as error:
        yield Check(
            State.FAIL,
            "telegram",
            f"refuses or does not answer ({type(error).__name__})",
            "look at the network and at RELAIS_TELEGRAM_SECRET, try again",
        )
        return
    finally:
        await request.shutdown()
    if wish.to is not None:
        yield await send_test(settings, "telegram", str(me.id), wish.to)


async def _updates(bot: Bot, settings: Settings, wish: Wish) -> Sequence[Check]:
    now = await bot.get_webhook_info()
    if settings.telegram_polling:
        return [await _polling(bot, now, wish)]
    url = webhook_url(settings, PATH)
    if isinstance(url, Check):
        return [url, *_flow(now)]
    assert settings.telegram_secret is not None
    wrong = _wrong(now, url)
    if not wish.register:
        state, mend = (State.FAIL, "run this again without --look") if wrong else (State.OK, "")
        return [Check(state, "webhook", wrong or url, mend), *_flow(now)]
    # Always: Telegram never tells whether the secret it has is still ours.
    await bot.set_webhook(
        url,
        secret_token=settings.telegram_secret.get_secret_value(),
        allowed_updates=ALLOWED_UPDATES,
    )
    now = await bot.get_webhook_info()
    if still := _wrong(now, url):
        return [Check(State.FAIL, "webhook", f"registered, and yet {still}", "try again")]
    was = f" ({wrong} before)" if wrong else ""
    return [Check(State.OK, "webhook", f"registered now: {url}{was}"), *_flow(now)]


async def _polling(bot: Bot, now: WebhookInfo, wish: Wish) -> Check:
    """Telegram serves either a webhook or whoever asks."""
    if not now.url:
        return Check(State.OK, "updates", "asked for: RELAIS_TELEGRAM_POLLING")
    if not wish.register:
        return Check(
            State.FAIL, "updates", "a webhook is in the way", "run this again without --look"
        )
    await bot.delete_webhook()
    return Check(State.OK, "updates", "asked for; the webhook in the way is gone")


def _wrong(info: WebhookInfo, url: str) -> str:
    """What is wrong with a webhook; empty when nothing is."""
    if not info.url:
        return "not registered"
    if info.url != url:
        return "Telegram calls another address"
    if missing := set(ALLOWED_UPDATES) - set(info.allowed_updates or ()):
        return f"updates missing: {', '.join(sorted(missing))}"
    return ""


def _flow(info: WebhookInfo) -> Sequence[Check]:
    """How many updates wait, and whether Telegram got through to us lately."""
    waiting = info.pending_update_count
    found = f"{waiting} waiting"
    checks = [Check(State.OK, "updates", found)]
    if waiting >= _MANY:
        checks = [
            Check(State.WARN, "updates", found, "is Relais running, and reached from outside?")
        ]
    failed_at = info.last_error_date
    if failed_at is not None and system_clock() - failed_at < _LATELY:
        told = f"at {failed_at:%H:%M} UTC: {shown(info.last_error_message)}"
        checks.append(Check(State.WARN, "last error", told, "is it over? look again in an hour"))
    return checks
