"""Who is meant: a person named by their address on a channel, or by a reference of ours."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress

from connectors.web.codes import Cost, read_code, slow_hash
from connectors.web.payloads import ACCOUNT as WEB_ACCOUNT
from connectors.web.returning import PURPOSE, whose_code
from core.conversation import Contact, Conversation
from core.errors import NotFound, RelaisError
from core.ids import ContactId, ConversationId
from core.ports import Store
from core.sealing import Vault
from gateway.settings import Settings

_REFERENCE = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[+\d][\d ().-]{5,}")


def accounts_of(settings: Settings) -> dict[str, str | None]:
    """Our own account on each channel; None where the channel is not set up."""
    telegram = settings.telegram_token
    return {
        "web": WEB_ACCOUNT,
        "whatsapp": settings.whatsapp_phone_id,
        "messenger": settings.messenger_page_id,
        "instagram": settings.instagram_id,
        "telegram": telegram.get_secret_value().partition(":")[0] if telegram else None,
    }


async def find_person(
    store: Store, who: str, *, account: str | None, settings: Settings, vault: Vault
) -> Contact | None:
    """The contact behind `CHANNEL:ADDRESS`, a conversation's reference, or the five words to come
    back to one on the website; None: nothing is held.

    `vault` is the store's own. Raises RelaisError for what can be neither, without repeating it.
    """
    who = who.strip()
    if code := read_code(who):
        secret = vault.derived_secret(PURPOSE)
        return await whose_code(
            store, store, await asyncio.to_thread(slow_hash, code, secret, Cost())
        )
    if _REFERENCE.fullmatch(who):
        return await _by_reference(store, who)
    channel, colon, address = (part.strip() for part in who.partition(":"))
    accounts = accounts_of(settings)
    if channel not in accounts or not colon or not address:
        raise RelaisError(
            "Name the person as CHANNEL:ADDRESS, such as whatsapp:33612345678, by the 32 "
            "characters of a conversation's reference, or by the five words that the website gave "
            f"them to come back. Channels: {', '.join(accounts)}."
        )
    account = account or accounts[channel]
    if account is None:
        raise RelaisError(f"The channel {channel} is not set up here: name our account, --account.")
    if channel == "whatsapp" and _NUMBER.fullmatch(address):
        address = re.sub(r"\D", "", address)
    return await store.find_contact(channel, account, address)


async def conversations_about(store: Store, contact: Contact) -> Sequence[Conversation]:
    """Their conversations, and the calls that were joined to them: their other half."""
    held = list(await store.conversations_of(contact.id))
    for chat in tuple(held):
        for half in chat.halves:
            if all(one.id != half for one in held):
                with suppress(NotFound):
                    held.append(await store.conversation(half))
    return held


async def _by_reference(store: Store, reference: str) -> Contact | None:
    try:
        contact_id = (await store.conversation(ConversationId(reference))).contact_id
    except NotFound:
        contact_id = ContactId(reference)
    try:
        return await store.contact(contact_id)
    except NotFound:
        return None
