"""WhatsApp webhook bodies as Meta documents them, each with the events it must give.

An expected event names only the fields that matter; `kind`, `type`, `id`, `sender` and `text` are
always compared.
"""

from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
Expected = dict[str, Any]

PHONE_ID = "106540352242922"
OURS = "15550783881"
LEA = "33612345678"
LEA_ID = "FR.13491208655302741918"
SENT_AT = 1749416383
WAMID = "wamid.HBgLMzM2MTIzNDU2NzgVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA="
OTHER = "wamid.HBgLMzM2MTIzNDU2NzgVAgARGBI0RjFGRTAzRTgzQTk3NzA2NkIA"
GROUP = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD"


@dataclass(frozen=True)
class Shape:
    """A body, what it must give, and what must be counted as not understood."""

    name: str
    body: Body
    events: list[Expected] = field(default_factory=list)
    unknown: tuple[str, ...] = ()


def body_of(*changes: Body) -> Body:
    """A body of one entry with these changes."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": list(changes)}],
    }


def change(field: str = "messages", **value: Any) -> Body:
    """One change, on our number."""
    metadata = {"display_phone_number": OURS, "phone_number_id": PHONE_ID}
    return {
        "field": field,
        "value": {"messaging_product": "whatsapp", "metadata": metadata, **value},
    }


def lea(**more: Any) -> Body:
    """The contact of somebody with a number and no other id."""
    return {"profile": {"name": "Léa"}, "wa_id": LEA, **more}


def a_message(kind: str = "text", **content: Any) -> Body:
    """A message from Léa's number."""
    if kind == "text" and not content:
        content = {"text": {"body": "coucou"}}
    return {"from": LEA, "id": WAMID, "timestamp": str(SENT_AT), "type": kind, **content}


def incoming(*messages: Body, contacts: list[Body] | None = None, **value: Any) -> Body:
    """A body with messages in one change."""
    named = [lea()] if contacts is None else contacts
    return body_of(change(contacts=named, messages=list(messages), **value))


def a_status(status: str, **more: Any) -> Body:
    """A receipt for a message sent to Léa."""
    given = {"id": OTHER, "status": status, "timestamp": str(SENT_AT), "recipient_id": LEA}
    return {**given, **more}


def a_call(what: str, **more: Any) -> Body:
    """What WhatsApp tells while Léa calls."""
    given = {"id": "wacid.A", "from": LEA, "to": OURS, "event": what, "timestamp": str(SENT_AT)}
    return {**given, "direction": "USER_INITIATED", **more}


def receipts(*statuses: Body, **value: Any) -> Body:
    """A body with receipts in one change."""
    return body_of(change(statuses=list(statuses), **value))


def event(kind: str = "message", **fields: Any) -> Expected:
    """What an event must say; Léa's message unless told otherwise."""
    always = {"type": None, "id": WAMID, "sender": LEA, "text": None}
    return {"kind": kind, **always, **fields}


def file(mime: str, **more: Any) -> Body:
    """A file as messages refer to it."""
    return {"mime_type": mime, "sha256": "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=", **more}


def reply_to_question(kind: str, **reply: Any) -> Body:
    """A tap on one of our buttons or rows."""
    context = {"from": OURS, "id": OTHER}
    return incoming(
        a_message("interactive", interactive={"type": kind, kind: reply}, context=context)
    )


TEXT = event(type="text", text="coucou")
HELP = {"id": "aide", "title": "J'ai besoin d'aide"}
AD: Body = {
    "source_url": "https://fb.me/3cr4Wqqkv",
    "source_id": "120226305854810726",
    "source_type": "ad",
    "body": "On t'écoute",
    "headline": "Parle-nous",
    "media_type": "image",
    "image_url": "https://scontent.xx.fbcdn.net/v/t45.1",
    "ctwa_clid": "Aff-n8ZTODiE79d22KtAwQKj9e",
    "welcome_message": {"text": "Bonjour"},
}
OFFICIAL = {"code": 131051, "title": "Message type unknown", "message": "Message type unknown"}

MESSAGES = [
    Shape("text", incoming(a_message()), [{**TEXT, "wa_id": LEA, "account": PHONE_ID}]),
    Shape(
        "text of somebody with a BSUID and a number",
        incoming(
            a_message(text={"body": "coucou"}) | {"from_user_id": LEA_ID},
            contacts=[lea(user_id=LEA_ID)],
        ),
        [{**TEXT, "sender": LEA_ID, "user_id": LEA_ID, "wa_id": LEA, "aliases": (LEA,)}],
    ),
    Shape(
        "text of somebody whose number is hidden",
        incoming(
            {
                "from_user_id": LEA_ID,
                "id": WAMID,
                "timestamp": str(SENT_AT),
                "type": "text",
                "text": {"body": "coucou"},
            },
            contacts=[{"profile": {"name": "Léa", "username": "lea.31"}, "user_id": LEA_ID}],
        ),
        [{**TEXT, "sender": LEA_ID, "username": "lea.31", "wa_id": None, "aliases": ()}],
    ),
    Shape("text without contacts", incoming(a_message(), contacts=[]), [TEXT]),
    Shape(
        "text whose sender only the contact names",
        incoming({k: v for k, v in a_message().items() if k != "from"}),
        [TEXT],
    ),
    Shape(
        "text from a number that WhatsApp writes in two ways",
        incoming(
            a_message() | {"from": "5511987654321"},
            contacts=[{"profile": {"name": "Léa"}, "wa_id": "551187654321"}],
        ),
        [{**TEXT, "sender": "551187654321", "aliases": ("5511987654321",)}],
    ),
    Shape(
        "text with a reply and its forwarding",
        incoming(
            a_message(
                text={"body": "regarde"},
                context={"from": OURS, "id": OTHER, "frequently_forwarded": True},
            )
        ),
        [event(type="text", text="regarde", reply_to=OTHER, forwarded=True)],
    ),
    Shape(
        "text that asks about a product",
        incoming(
            a_message(
                text={"body": "c'est quoi ?"},
                context={
                    "from": OURS,
                    "id": OTHER,
                    "referred_product": {"catalog_id": "1", "product_retailer_id": "x"},
                },
            )
        ),
        [event(type="text", text="c'est quoi ?", reply_to=OTHER)],
    ),
    Shape(
        "text after an advertisement",
        incoming(a_message() | {"referral": AD}),
        [{**TEXT, "ref": "120226305854810726", "source": "ad", "referral": AD["source_url"]}],
    ),
    Shape(
        "quick reply of a template",
        incoming(
            a_message("button", button={"text": "Oui", "payload": "oui"}, context={"id": OTHER})
        ),
        [event(type="choice", text="Oui", payload="oui", reply_to=OTHER)],
    ),
    Shape(
        "reply button",
        reply_to_question("button_reply", **HELP),
        [event(type="choice", text=HELP["title"], payload="aide", reply_to=OTHER)],
    ),
    Shape(
        "list row",
        reply_to_question("list_reply", **HELP, description="Quelqu'un te lit"),
        [event(type="choice", text=HELP["title"], payload="aide", title=HELP["title"])],
    ),
    Shape(
        "form",
        reply_to_question("nfm_reply", name="flow", body="Sent", response_json='{"age": "14"}'),
        [event(type="form", payload='{"age": "14"}')],
    ),
    Shape(
        "form with an address",
        reply_to_question(
            "nfm_reply", name="address_message", body="Léa\n1 rue des Lilas", response_json="{}"
        ),
        [event(type="form", text="Léa\n1 rue des Lilas", title="address_message")],
    ),
    Shape(
        "answer to a request to call",
        reply_to_question("call_permission_reply", response="accept", is_permanent=False),
        [event(type="unsupported", reply_to=OTHER)],
    ),
    Shape(
        "image with a caption",
        incoming(
            a_message("image", image=file("image/jpeg", id="2754859441498128", caption="lui"))
        ),
        [event(type="image", text="lui", media_id="2754859441498128")],
    ),
    Shape(
        "image without a caption",
        incoming(a_message("image", image=file("image/jpeg", id=2754859441498128))),
        [event(type="image", media_id="2754859441498128")],
    ),
    Shape(
        "video",
        incoming(a_message("video", video=file("video/mp4", id="1", caption="film"))),
        [event(type="video", text="film", media_id="1")],
    ),
    Shape(
        "audio file",
        incoming(a_message("audio", audio=file("audio/mpeg", id="2", voice=False))),
        [event(type="audio", media_id="2")],
    ),
    Shape(
        "voice message",
        incoming(a_message("audio", audio=file("audio/ogg; codecs=opus", id="3", voice=True))),
        [event(type="voice", media_id="3")],
    ),
    Shape(
        "document",
        incoming(
            a_message(
                "document",
                document=file("application/pdf", id="4", filename="plainte.pdf", caption="voilà"),
            )
        ),
        [event(type="document", text="voilà", media_id="4", filename="plainte.pdf")],
    ),
    Shape(
        "sticker",
        incoming(a_message("sticker", sticker=file("image/webp", id="5", animated=False))),
        [event(type="sticker", media_id="5")],
    ),
    Shape(
        "location",
        incoming(
            a_message(
                "location",
                location={"latitude": 48.8566, "longitude": 2.3522, "name": "Collège Diderot"},
            )
        ),
        [event(type="location", payload="48.8566,2.3522", title="Collège Diderot")],
    ),
    Shape(
        "location that is nowhere",
        incoming(a_message("location", location={"latitude": 1e308, "longitude": True})),
        [event(type="location", payload=None, title=None)],
    ),
    Shape(
        "contacts",
        incoming(
            a_message(
                "contacts",
                contacts=[
                    {
                        "name": {"formatted_name": "Maman", "first_name": "Maman"},
                        "phones": [{"phone": "+33 6 98 76 54 32", "wa_id": "33698765432"}],
                    }
                ],
            )
        ),
        [event(type="contacts", title="Maman", payload="+33 6 98 76 54 32")],
    ),
    Shape(
        "order",
        incoming(
            a_message(
                "order",
                order={
                    "catalog_id": "194836987003835",
                    "text": "pour demain",
                    "product_items": [{"product_retailer_id": "di9ozbzfi4", "quantity": 2}],
                },
            )
        ),
        [event(type="order", text="pour demain")],
    ),
    Shape(
        "reaction",
        incoming(a_message("reaction", reaction={"message_id": OTHER, "emoji": "😢"})),
        [event("reaction", target=OTHER, emoji="😢", event_id=f"reaction:{WAMID}:😢:{SENT_AT}")],
    ),
    Shape(
        "reaction taken back",
        incoming(a_message("reaction", reaction={"message_id": OTHER})),
        [event("reaction", target=OTHER, emoji=None)],
    ),
    Shape(
        "edited text",
        incoming(
            a_message(
                "edit",
                edit={
                    "original_message_id": OTHER,
                    "message": {
                        "context": {"id": "M0"},
                        "type": "text",
                        "text": {"body": "non, à 18 h"},
                    },
                },
            )
        ),
        [event("edit", type="text", text="non, à 18 h", target=OTHER)],
    ),
    Shape(
        "edited caption",
        incoming(
            a_message(
                "edit",
                edit={
                    "original_message_id": OTHER,
                    "message": {
                        "type": "image",
                        "image": file("image/jpeg", id="9", caption="lui"),
                    },
                },
            )
        ),
        [event("edit", type="image", text="lui", target=OTHER, media_id="9")],
    ),
    Shape(
        "deleted message",
        incoming(a_message("revoke", revoke={"original_message_id": OTHER})),
        [event("delete", target=OTHER)],
    ),
    Shape(
        "type that the platform does not support",
        incoming(
            a_message("unsupported", errors=[OFFICIAL], unsupported={"type": "poll_creation"})
        ),
        [event(type="unsupported", error="131051", title="poll_creation")],
    ),
    Shape(
        "type that we do not know",
        incoming(a_message("hologram", hologram={"id": "1"})),
        [event(type="unsupported")],
    ),
    Shape(
        "text that does not say its type",
        incoming({k: v for k, v in a_message().items() if k != "type"}),
        [TEXT],
    ),
    Shape(
        "chat opened for the first time",
        incoming(a_message("request_welcome")),
        [event("start")],
    ),
    Shape(
        "message in a group",
        incoming(a_message() | {"group_id": GROUP}),
        [{**TEXT, "chat": GROUP}],
    ),
    Shape(
        "two people in one change",
        incoming(
            a_message() | {"from_user_id": LEA_ID},
            a_message() | {"from": "33699999999", "id": "wamid.B"},
            contacts=[lea(user_id=LEA_ID), {"profile": {"name": "Tom"}, "wa_id": "33699999999"}],
        ),
        [
            {**TEXT, "sender": LEA_ID},
            {**TEXT, "sender": "33699999999", "id": "wamid.B", "user_id": None},
        ],
    ),
    Shape(
        "two people of whom one is named",
        incoming(a_message(), a_message() | {"from": "33699999999", "id": "wamid.B"}),
        [TEXT, {**TEXT, "sender": "33699999999", "id": "wamid.B"}],
    ),
    Shape("the same message twice", incoming(a_message(), a_message()), [TEXT]),
    Shape(
        "several entries and changes",
        {
            "object": "whatsapp_business_account",
            "entry": [
                {"id": "1", "changes": [change(messages=[a_message()])]},
                {
                    "id": "2",
                    "changes": [
                        change(messages=[a_message() | {"id": "wamid.B"}]),
                        change(statuses=[a_status("read")]),
                    ],
                },
            ],
        },
        [TEXT, {**TEXT, "id": "wamid.B"}, event("status", id=OTHER, status="read")],
    ),
    Shape(
        "a receipt beside a message",
        incoming(a_message(), statuses=[a_status("delivered")]),
        [TEXT, event("status", id=OTHER, status="delivered")],
    ),
]

SYSTEM = [
    Shape(
        "changed number",
        incoming(
            a_message(
                "system",
                system={
                    "body": "User Léa changed from 33612345678 to 33687654321",
                    "wa_id": "33687654321",
                    "type": "user_changed_number",
                },
            ),
            contacts=[],
        ),
        [event("system", sender="33687654321", previous=LEA, status="user_changed_number")],
    ),
    Shape(
        "changed number of somebody with a BSUID",
        incoming(
            a_message(
                "system",
                system={
                    "body": "User Léa changed from 33612345678 to 33687654321",
                    "wa_id": "33687654321",
                    "user_id": "FR.2",
                    "previous_user_id": LEA_ID,
                    "type": "user_changed_number",
                },
            ),
            contacts=[],
        ),
        [event("system", sender="FR.2", previous=LEA_ID, aliases=("33687654321",))],
    ),
    Shape(
        "changed BSUID of somebody whose number is hidden",
        incoming(
            {
                "id": WAMID,
                "timestamp": str(SENT_AT),
                "type": "system",
                "system": {
                    "type": "user_changed_user_id",
                    "user_id": "FR.2",
                    "previous_user_id": LEA_ID,
                },
            },
            contacts=[],
        ),
        [event("system", sender="FR.2", previous=LEA_ID)],
    ),
    Shape(
        "changed BSUID where the sender is already the new one",
        incoming(
            a_message("system", system={"type": "user_changed_user_id", "user_id": "FR.2"})
            | {"from_user_id": "FR.2"},
            contacts=[],
        ),
        [event("system", sender="FR.2", previous=LEA)],
    ),
    Shape(
        "changed BSUID in a field of its own",
        body_of(
            change(
                "user_id_update",
                user_id_update=[
                    {
                        "wa_id": LEA,
                        "detail": "user_id updated",
                        "user_id": {"previous": LEA_ID, "current": "FR.2"},
                        "timestamp": str(SENT_AT),
                    }
                ],
            )
        ),
        [event("system", id=None, sender="FR.2", previous=LEA_ID, aliases=(LEA,))],
    ),
    Shape(
        "changed number in an old body",
        incoming(
            a_message(
                "system",
                system={"type": "customer_changed_number", "new_wa_id": "33687654321"},
            ),
            contacts=[],
        ),
        [event("system", sender="33687654321", previous=LEA)],
    ),
    Shape(
        "changed identity",
        incoming(
            a_message(
                "system",
                system={"body": "Léa's code changed", "type": "customer_identity_changed"},
            )
        ),
        [event("system", previous=None, status="customer_identity_changed")],
    ),
]

PRICED: Body = {
    "conversation": {
        "id": "f1",
        "expiration_timestamp": str(SENT_AT + 3600),
        "origin": {"type": "service"},
    },
    "pricing": {"billable": False, "pricing_model": "PMP", "category": "service"},
}
RECEIPTS = [
    *(
        Shape(
            f"receipt: {status}",
            receipts(a_status(status, **PRICED), contacts=[lea()]),
            [event("status", id=OTHER, target=OTHER, status=status)],
        )
        for status in ("sent", "delivered", "read", "played")
    ),
    Shape(
        "receipt: failed, without contacts",
        receipts(a_status("failed", errors=[{"code": 131049, "title": "not delivered"}])),
        [event("status", id=OTHER, status="failed", error="131049")],
    ),
    Shape(
        "receipt that tells our name for the message back",
        receipts(a_status("delivered", biz_opaque_callback_data="ours")),
        [event("status", id=OTHER, target=OTHER, status="delivered", client_id="ours")],
    ),
    Shape(
        "receipt of somebody with a BSUID",
        receipts(a_status("read", recipient_user_id=LEA_ID)),
        [event("status", id=OTHER, sender=LEA_ID, status="read", aliases=(LEA,))],
    ),
    Shape(
        "receipt whose BSUID only the contact names",
        receipts(a_status("delivered"), contacts=[lea(user_id=LEA_ID)]),
        [event("status", id=OTHER, sender=LEA_ID, status="delivered")],
    ),
    Shape(
        "receipts of a group",
        receipts(
            *(
                a_status(
                    "read",
                    recipient_id=GROUP,
                    recipient_type="group",
                    recipient_participant_id=someone,
                )
                for someone in (LEA, "33699999999")
            )
        ),
        [
            event("status", id=OTHER, status="read", chat=GROUP),
            event("status", id=OTHER, status="read", chat=GROUP, sender="33699999999"),
        ],
    ),
    Shape(
        "receipt of a payment",
        receipts(a_status("captured", type="payment", payment={"reference_id": "1"})),
        unknown=("status_payment",),
    ),
    Shape(
        "receipt that we do not know",
        receipts(a_status("warning")),
        unknown=("status_warning",),
    ),
]

STANDBY = [
    Shape(
        "standby: message",
        body_of(change("standby", standby={"contacts": [lea()], "messages": [a_message()]})),
        [{**TEXT, "standby": True, "event_id": f"standby:message:{WAMID}"}],
    ),
    Shape(
        "standby: receipt",
        body_of(change("standby", standby={"statuses": [a_status("delivered")]})),
        [event("status", id=OTHER, status="delivered", standby=True)],
    ),
    Shape(
        "standby: what the other application sent",
        body_of(
            change(
                "standby",
                standby={
                    "message_echoes": [
                        {
                            "id": OTHER,
                            "timestamp": str(SENT_AT),
                            "message": {
                                "messaging_product": "whatsapp",
                                "to": LEA,
                                "type": "text",
                                "text": {"body": "Bonjour !"},
                            },
                        }
                    ]
                },
            )
        ),
        [
            event(
                "echo",
                type="text",
                id=OTHER,
                sender=None,
                recipient=LEA,
                text="Bonjour !",
                standby=True,
            )
        ],
    ),
    Shape("standby: nothing", body_of(change("standby", standby={})), unknown=("standby",)),
    Shape(
        "handover",
        body_of(
            {
                "field": "messaging_handovers",
                "value": {
                    "messaging_product": "whatsapp",
                    "sender": {"phone_number": LEA},
                    "recipient": {"phone_number_id": PHONE_ID, "display_phone_number": OURS},
                    "type": "control_passed",
                    "timestamp": str(SENT_AT),
                    "control_passed": {"previous_owner_role": "ai_agent"},
                },
            }
        ),
        [event("handover", id=None, status="pass", account=PHONE_ID)],
    ),
]


def echo(**content: Any) -> Body:
    """A message that a colleague wrote in the WhatsApp Business app."""
    given = {"from": OURS, "to": LEA, "id": OTHER, "timestamp": str(SENT_AT)}
    return body_of(change("smb_message_echoes", message_echoes=[{**given, **content}]))


def echoed(of: str | None = None, **fields: Any) -> Expected:
    """An echo's event."""
    return event("echo", type=of, id=OTHER, sender=OURS, recipient=LEA, **fields)


ECHOES = [
    Shape(
        "echo: text",
        echo(type="text", text={"body": "Je te rappelle"}),
        [echoed("text", text="Je te rappelle")],
    ),
    Shape(
        "echo: image",
        echo(type="image", image=file("image/jpeg", id="7", caption="plan")),
        [echoed("image", text="plan", media_id="7")],
    ),
    Shape(
        "echo to somebody whose number is hidden",
        body_of(
            change(
                "message_echoes",
                message_echoes=[
                    {
                        "from": OURS,
                        "to_user_id": LEA_ID,
                        "id": OTHER,
                        "timestamp": str(SENT_AT),
                        "type": "text",
                        "text": {"body": "Bonjour"},
                    }
                ],
            )
        ),
        [echoed("text", text="Bonjour") | {"recipient": LEA_ID}],
    ),
    Shape(
        "echo: edited",
        echo(
            type="edit",
            edit={
                "original_message_id": WAMID,
                "message": {"type": "text", "text": {"body": "À demain"}},
            },
        ),
        [echoed("text", text="À demain", target=WAMID)],
    ),
    Shape(
        "echo: deleted",
        echo(type="revoke", revoke={"original_message_id": WAMID}),
        [echoed(target=WAMID)],
    ),
]

ACCOUNT = [
    Shape(
        "preference: no advertising",
        body_of(
            change(
                "user_preferences",
                contacts=[lea()],
                user_preferences=[
                    {
                        "wa_id": LEA,
                        "detail": "User requested to stop marketing messages",
                        "category": "marketing_messages",
                        "value": "stop",
                        "timestamp": SENT_AT,
                    }
                ],
            )
        ),
        [event("optin", id=None, status="stop")],
    ),
    Shape(
        "error of the account",
        body_of(change(errors=[{"code": 130429, "title": "Rate limit hit"}])),
        [event("error", id=None, sender=None, error="130429")],
    ),
    Shape(
        "restriction of the account",
        body_of(
            {
                "field": "account_update",
                "value": {"phone_number": OURS, "event": "ACCOUNT_RESTRICTION"},
            }
        ),
        [event("policy", id=None, sender=None, status="ACCOUNT_RESTRICTION", account="")],
    ),
    Shape(
        "approved template",
        body_of(
            {
                "field": "message_template_status_update",
                "value": {"event": "APPROVED", "message_template_name": "reprise"},
            }
        ),
        unknown=("message_template_status_update",),
    ),
    Shape(
        "old messages of a telephone",
        body_of(change("history", history=[{"threads": [{"id": LEA, "messages": [a_message()]}]}])),
        unknown=("history",),
    ),
    Shape(
        "call, and its end in the same body",
        body_of(
            change("calls", contacts=[lea(user_id=LEA_ID)], calls=[a_call("connect")]),
            change(
                "calls", calls=[a_call("terminate", status="Failed")], errors=[{"code": 138021}]
            ),
        ),
        [event(type="call", id="wacid.A", sender=LEA_ID, wa_id=LEA)],
    ),
    Shape(
        "call of somebody whose number is hidden",
        body_of(change("calls", calls=[{**a_call("connect"), "from": "", "from_user_id": LEA_ID}])),
        [event(type="call", id="wacid.A", sender=LEA_ID)],
    ),
    Shape(
        "call of ours",
        body_of(change("calls", calls=[a_call("connect", direction="BUSINESS_INITIATED")])),
        unknown=("call",),
    ),
    Shape(
        "how a call of ours rings",
        body_of(change("calls", statuses=[{"id": "wacid.A", "status": "RINGING", "type": "call"}])),
        unknown=("status_call",),
    ),
    Shape("no changes", {"object": "whatsapp_business_account", "entry": []}, unknown=("empty",)),
    Shape(
        "another platform's body",
        {"object": "page", "entry": [{"id": "1", "messaging": []}]},
        unknown=("object",),
    ),
]

SHAPES = [*MESSAGES, *SYSTEM, *RECEIPTS, *STANDBY, *ECHOES, *ACCOUNT]
