"""What Meta sends, shape by shape, and what each is to us: names, ids and words are ours."""

from dataclasses import dataclass
from typing import Any

PAGE = "108000000000001"
GRAM = "17841400000000001"
ANNE = "6200000000000001"
BILAL = "6200000000000002"
APP = "263000000000001"
INBOX = "263902037430900"
# 2 March 2026, 11:00:00.250 UTC: an hour before `tests.builders.NOON`.
MS = 1772449200250
CDN = "https://scontent.xx.fbcdn.net/v/t1/photo.jpg?oh=1"
IG_CDN = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=a"

Body = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """A body, the fields its events must have (others are not looked at), and what is unknown."""

    name: str
    body: Any
    events: tuple[Body, ...] = ()
    unknown: tuple[str, ...] = ()


def item(sender: str | None = ANNE, recipient: str = PAGE, at: Any = MS, **content: Any) -> Body:
    """One item of an entry."""
    envelope = {"sender": {"id": sender}} if sender else {}
    return envelope | {"recipient": {"id": recipient}, "timestamp": at} | content


def page(*items: Body, key: str = "messaging", **more: Any) -> Body:
    """A body of one entry of the page."""
    return {"object": "page", "entry": [{"id": PAGE, "time": MS + 50, key: list(items)} | more]}


def gram(*items: Body, key: str = "messaging") -> Body:
    """A body of one entry of the Instagram account."""
    for each in items:
        if each.get("recipient") == {"id": PAGE}:
            each["recipient"] = {"id": GRAM}
    return {"object": "instagram", "entry": [{"id": GRAM, "time": MS + 50, key: list(items)}]}


def message(mid: str = "m_1", **content: Any) -> Body:
    """An item in which Anne sends something."""
    return item(message={"mid": mid} | content)


def attached(kind: str, payload: Any = None, **more: Any) -> Body:
    """A message of one attachment."""
    attachment = {"type": kind} | ({} if payload is None else {"payload": payload})
    return message(attachments=[attachment | more])


def is_a(type_: str, **fields: Any) -> Body:
    """The event of Anne's message."""
    return {"kind": "message", "type": type_, "id": "m_1", "sender": ANNE, "text": None} | fields


def a_call(what: str, direction: str = "user_initiated") -> Body:
    """What Messenger tells while Anne calls the page."""
    said = {"id": "c_1", "from": ANNE, "to": PAGE, "event": what, "timestamp": MS // 1000}
    return {**said, "call_direction": direction}


def echo(mid: str = "m_9", **content: Any) -> Body:
    """An item in which the page speaks to Anne."""
    return item(PAGE, ANNE, message={"mid": mid, "is_echo": True} | content)


MESSENGER = (
    Shape("text", page(message(text="ils ont ma photo")), (is_a("text", text="ils ont ma photo"),)),
    Shape(
        "text with language guesses and a tag nobody knows",
        page(message(text="salut", nlp={"entities": {}}, brand_new={"a": 1})),
        (is_a("text", text="salut"),),
    ),
    Shape(
        "quick reply",
        page(message(text="Oui", quick_reply={"payload": "yes"})),
        (is_a("choice", text="Oui", payload="yes"),),
    ),
    Shape(
        "reply to a message",
        page(message(text="ça", reply_to={"mid": "m_0", "is_self_reply": False})),
        (is_a("text", text="ça", reply_to="m_0"),),
    ),
    *(
        Shape(
            f"attachment {kind}",
            page(attached(kind, {"url": CDN})),
            (is_a(type_, media_type=type_, url=CDN),),
        )
        for kind, type_ in (
            ("image", "image"),
            ("video", "video"),
            ("audio", "audio"),
            ("file", "document"),
            ("reel", "share"),
            ("ig_reel", "share"),
            ("post", "share"),
            ("ig_post", "share"),
        )
    ),
    Shape(
        "picture with words",
        page(message(text="regarde", attachments=[{"type": "image", "payload": {"url": CDN}}])),
        (is_a("image", text="regarde", url=CDN),),
    ),
    Shape(
        "three pictures at once",
        page(
            message(
                attachments=[{"type": "image", "payload": {"url": f"{CDN}{n}"}} for n in range(3)]
            )
        ),
        (is_a("image", urls=(f"{CDN}0", f"{CDN}1", f"{CDN}2")),),
    ),
    Shape(
        "picture without an address",
        page(attached("image", {})),
        (is_a("image", urls=()),),
    ),
    Shape(
        "thumb, the old way",
        page(
            message(
                sticker_id=369239263222822,
                attachments=[
                    {"type": "image", "payload": {"url": CDN, "sticker_id": 369239263222822}}
                ],
            )
        ),
        (is_a("sticker", urls=(CDN,)),),
    ),
    Shape(
        "sticker under both names",
        page(
            message(
                attachments=[
                    {"type": "image", "payload": {"url": CDN}},
                    {"type": "sticker", "payload": {"url": CDN, "sticker_id": 1}},
                ]
            )
        ),
        (is_a("sticker", urls=(CDN,)),),
    ),
    Shape(
        "location",
        page(attached("location", {"coordinates": {"lat": 48.8566, "long": 2.3522}}, title="Ici")),
        (is_a("location", payload="48.8566,2.3522", title="Ici", urls=()),),
    ),
    Shape(
        "location with words, which are read as words",
        page(
            message(
                text="je suis là",
                attachments=[
                    {"type": "location", "payload": {"coordinates": {"lat": 48.8, "long": 2.3}}}
                ],
            )
        ),
        (is_a("location", text="je suis là", payload=None),),
    ),
    Shape(
        "shared link",
        page(
            message(
                text="https://example.org/x",
                attachments=[
                    {
                        "type": "fallback",
                        "title": "Une page",
                        "url": "https://l.facebook.com/l.php?u=x",
                        "payload": None,
                    }
                ],
            )
        ),
        (is_a("fallback", text="https://example.org/x", title="Une page", urls=()),),
    ),
    Shape("share that cannot be shown", page(attached("fallback")), (is_a("fallback", urls=()),)),
    Shape(
        "product",
        page(attached("template", {"product": {"elements": [{"id": "1", "title": "Sac"}]}})),
        (is_a("fallback"),),
    ),
    Shape(
        "attachment type of tomorrow",
        page(attached("hologram", {"url": CDN})),
        (is_a("unsupported", urls=()),),
        ("attachment.hologram",),
    ),
    Shape("message of nothing", page(message()), (is_a("unsupported"),)),
    Shape(
        "message from an advertisement",
        page(
            message(
                text="bonjour",
                referral={
                    "ref": "tiktok_report",
                    "ad_id": "120000000000001",
                    "source": "ADS",
                    "type": "OPEN_THREAD",
                    "ads_context_data": {"ad_title": "Besoin d'aide ?"},
                },
            )
        ),
        (
            is_a(
                "text",
                text="bonjour",
                ref="tiktok_report",
                source="ADS",
                referral="120000000000001",
            ),
        ),
    ),
    Shape(
        "question about a product",
        page(message(text="?", referral={"product": {"id": "77"}})),
        (is_a("text", text="?", referral="77"),),
    ),
    Shape(
        "somebody without an id yet",
        page(
            {
                "sender": {"user_ref": "ref-1"},
                "recipient": {"id": PAGE},
                "timestamp": MS,
                "message": {"mid": "m_1", "text": "aidez moi"},
            }
        ),
        (is_a("text", sender="ref-1", text="aidez moi"),),
    ),
    Shape(
        "message without an id",
        page(item(message={"text": "allo"})),
        (is_a("text", id=None, text="allo"),),
    ),
    Shape(
        "message without a moment",
        page({"sender": {"id": ANNE}, "message": {"mid": "m_1", "text": "allo"}}),
        (is_a("text", text="allo", account=PAGE),),
    ),
    Shape(
        "message that another application answers",
        page(message(text="allo"), key="standby"),
        (is_a("text", text="allo", standby=True),),
    ),
    Shape(
        "postback",
        page(item(postback={"mid": "m_2", "title": "Commencer", "payload": "START"})),
        (
            {
                "kind": "postback",
                "type": None,
                "id": "m_2",
                "sender": ANNE,
                "text": "Commencer",
                "payload": "START",
            },
        ),
    ),
    Shape(
        "postback without an id, from a link",
        page(
            item(
                postback={
                    "title": "Commencer",
                    "payload": "START",
                    "referral": {"ref": "ecole", "source": "SHORTLINK", "type": "OPEN_THREAD"},
                },
                at=str(MS // 1000),
            )
        ),
        ({"kind": "postback", "id": None, "ref": "ecole", "source": "SHORTLINK"},),
    ),
    Shape(
        "postback seen in standby has no payload",
        page(item(postback={"title": "Commencer"}), key="standby"),
        ({"kind": "postback", "payload": None, "text": "Commencer", "standby": True},),
    ),
    Shape(
        "link opened in a conversation that exists",
        page(item(referral={"ref": "meta_report", "source": "SHORTLINK", "type": "OPEN_THREAD"})),
        ({"kind": "referral", "sender": ANNE, "ref": "meta_report", "source": "SHORTLINK"},),
    ),
    Shape(
        "advertisement opened in a conversation that exists",
        page(item(referral={"source": "ADS", "ad_id": 6045246247433, "type": "OPEN_THREAD"})),
        ({"kind": "referral", "ref": None, "source": "ADS", "referral": "6045246247433"},),
    ),
    Shape(
        "opt-in by the plugin",
        page(item(optin={"ref": "site"})),
        ({"kind": "optin", "sender": ANNE, "ref": "site"},),
    ),
    Shape(
        "opt-in of somebody without an id",
        page(item(None, optin={"ref": "site", "user_ref": "ref-2"})),
        ({"kind": "optin", "sender": "ref-2", "ref": "site"},),
    ),
    Shape(
        "opt-in to notifications, taken back",
        page(
            item(
                optin={
                    "type": "notification_messages",
                    "notification_messages_token": "secret",
                    "notification_messages_status": "STOP_NOTIFICATIONS",
                    "payload": "news",
                    "title": "Des nouvelles",
                }
            )
        ),
        ({"kind": "optin", "payload": "news", "status": "STOP_NOTIFICATIONS"},),
    ),
    Shape(
        "reaction",
        page(item(reaction={"reaction": "love", "emoji": "❤️", "action": "react", "mid": "m_9"})),
        ({"kind": "reaction", "sender": ANNE, "id": "m_9", "target": "m_9", "emoji": "❤️"},),
    ),
    Shape(
        "reaction taken back",
        page(item(reaction={"action": "unreact", "mid": "m_9"})),
        ({"kind": "reaction", "target": "m_9", "emoji": None, "window_ends_at": None},),
    ),
    Shape(
        "edit",
        page(item(message_edit={"mid": "m_1", "text": "il a mes photos", "num_edit": 1})),
        ({"kind": "edit", "id": "m_1", "target": "m_1", "text": "il a mes photos"},),
    ),
    Shape(
        "edit that does not say to what",
        page(item(message_edit={"mid": "m_1", "num_edit": 0})),
        (),
        ("message_edit",),
    ),
    Shape(
        "deliveries",
        page(item(at=None, delivery={"mids": ["m_8", "m_9", "m_8"], "watermark": MS})),
        (
            {"kind": "status", "sender": ANNE, "status": "delivered", "id": "m_8", "target": "m_8"},
            {"kind": "status", "sender": ANNE, "status": "delivered", "target": "m_9"},
        ),
    ),
    Shape(
        "deliveries up to a moment",
        page(item(delivery={"watermark": MS})),
        ({"kind": "status", "status": "delivered", "target": None},),
    ),
    Shape(
        "read up to a moment",
        page(item(read={"watermark": MS})),
        ({"kind": "status", "status": "read", "target": None, "sender": ANNE},),
    ),
    Shape(
        "echo of ours",
        page(echo(text="Bonjour !", app_id=int(APP), metadata="x")),
        (
            {
                "kind": "echo",
                "type": "text",
                "id": "m_9",
                "sender": PAGE,
                "recipient": ANNE,
                "text": "Bonjour !",
                "payload": APP,
                "client_id": "x",
                "window_ends_at": None,
            },
        ),
    ),
    Shape(
        "echo of the page's inbox",
        page(echo(text="Je te réponds ici", app_id=INBOX)),
        ({"kind": "echo", "recipient": ANNE, "payload": INBOX, "text": "Je te réponds ici"},),
    ),
    Shape(
        "echo of a template in standby",
        page(
            echo(
                app_id=int(INBOX),
                attachments=[
                    {
                        "title": "",
                        "url": "https://www.facebook.com/commerce/update/",
                        "type": "template",
                        "payload": {"template_type": "media", "elements": [{"attachment_id": 1}]},
                    }
                ],
            ),
            key="standby",
        ),
        ({"kind": "echo", "type": "fallback", "recipient": ANNE, "standby": True},),
    ),
    Shape(
        "thread passed to us",
        page(
            item(
                pass_thread_control={
                    "previous_owner_app_id": INBOX,
                    "new_owner_app_id": APP,
                    "metadata": "voici",
                }
            )
        ),
        ({"kind": "handover", "sender": ANNE, "status": "pass", "payload": APP, "text": None},),
    ),
    Shape(
        "thread taken from us",
        page(
            item(take_thread_control={"previous_owner_app_id": APP, "new_owner_app_id": INBOX}),
        ),
        ({"kind": "handover", "sender": ANNE, "status": "take", "payload": INBOX},),
    ),
    Shape(
        "call, and its end in the same body",
        page(key="messaging", calls=[a_call("connect"), a_call("terminate")]),
        ({"kind": "message", "type": "call", "id": "c_1", "sender": ANNE, "window_ends_at": None},),
    ),
    Shape(
        "call of ours",
        page(key="messaging", calls=[a_call("connect", "business_initiated")]),
        (),
        ("call",),
    ),
    Shape(
        "thread let go",
        page(item(release_thread_control={"previous_owner_app_id": INBOX})),
        ({"kind": "handover", "sender": ANNE, "status": "release", "payload": None},),
    ),
    Shape(
        "thread asked for",
        page(item(request_thread_control={"requested_owner_app_id": INBOX, "metadata": "x"})),
        ({"kind": "handover", "status": "request", "payload": None},),
    ),
    Shape(
        "roles of applications",
        page(item(None, app_roles={APP: ["primary_receiver"]})),
        ({"kind": "handover", "sender": None, "status": "roles"},),
    ),
    Shape(
        "Meta blocks the page",
        page(item(None, policy_enforcement={"action": "block", "reason": "The bot …"})),
        ({"kind": "policy", "sender": None, "status": "block", "text": None, "error": None},),
    ),
    Shape(
        "account linked",
        page(item(account_linking={"status": "linked", "authorization_code": "secret"})),
        ({"kind": "account_link", "sender": ANNE, "status": "linked", "payload": None},),
    ),
    Shape(
        "two people, two entries, one of them twice",
        {
            "object": "page",
            "entry": [
                {"id": PAGE, "messaging": [message("m_1", text="un"), message("m_1", text="un")]},
                {"id": PAGE, "messaging": [item(BILAL, message={"mid": "m_2", "text": "deux"})]},
                {"id": PAGE, "standby": [message("m_3", text="trois")]},
            ],
        },
        (
            {"id": "m_1", "sender": ANNE, "text": "un"},
            {"id": "m_2", "sender": BILAL, "text": "deux"},
            {"id": "m_3", "sender": ANNE, "text": "trois", "standby": True},
        ),
    ),
    Shape(
        "receipt beside a message",
        page(item(read={"watermark": MS}), message(text="allo")),
        ({"kind": "status"}, {"kind": "message", "text": "allo"}),
    ),
    Shape(
        "test button of the dashboard",
        {
            "object": "page",
            "entry": [
                {
                    "id": "0",
                    "time": MS // 1000,
                    "changes": [{"field": "messages", "value": message(text="TEST")}],
                }
            ],
        },
        (is_a("text", text="TEST", account="0"),),
    ),
    Shape(
        "half an emoji",
        page(message(text="ok \ud83d")),
        (is_a("text", text="ok \ufffd"),),
    ),
    Shape("game played", page(item(game_play={"game_id": "1"})), (), ("game_play",)),
    Shape("item of nothing", page(item()), (), ("item",)),
    Shape(
        "something on the page's wall",
        {
            "object": "page",
            "entry": [{"id": PAGE, "changes": [{"field": "feed", "value": {"item": "post"}}]}],
        },
        (),
        ("changes.feed",),
    ),
    Shape("no entry", {"object": "page", "entry": []}),
    Shape("another product's body", {"object": "user", "entry": [{"id": "1"}]}, (), ("object",)),
    Shape("empty object", {}, (), ("object",)),
)

INSTAGRAM = (
    Shape("text", gram(message(text="salut")), (is_a("text", text="salut", account=GRAM),)),
    Shape(
        "quick reply",
        gram(message(text="Oui", quick_reply={"payload": "yes"})),
        (is_a("choice", text="Oui", payload="yes"),),
    ),
    Shape(
        "voice",
        gram(attached("audio", {"url": IG_CDN})),
        (is_a("audio", url=IG_CDN),),
    ),
    Shape(
        "reply to our story",
        gram(message(text="c'est moi", reply_to={"story": {"id": "178", "url": IG_CDN}})),
        (is_a("story_reply", text="c'est moi", url=IG_CDN, reply_to=None),),
    ),
    Shape(
        "mention in a story",
        gram(attached("story_mention", {"url": IG_CDN})),
        (is_a("story_mention", url=IG_CDN),),
    ),
    Shape(
        "post shared, under both names",
        gram(
            message(
                attachments=[
                    {"type": "share", "payload": {"url": IG_CDN, "ig_post_media_id": "1"}},
                    {"type": "ig_post", "payload": {"url": IG_CDN, "title": "Un post"}},
                ]
            )
        ),
        (is_a("share", urls=(IG_CDN,)),),
    ),
    Shape(
        "reel shared",
        gram(attached("ig_reel", {"reel_video_id": "1", "title": "Un reel", "url": IG_CDN})),
        (is_a("share", title="Un reel", url=IG_CDN),),
    ),
    Shape("story shared", gram(attached("ig_story", {"url": IG_CDN})), (is_a("share"),)),
    Shape("heart", gram(attached("like_heart")), (is_a("sticker", urls=()),)),
    Shape("photo seen once", gram(attached("ephemeral")), (is_a("unsupported", urls=()),)),
    Shape("unsupported", gram(message(is_unsupported=True)), (is_a("unsupported"),)),
    Shape(
        "unsupported attachment",
        gram(message(is_unsupported=True, attachments=[{"type": "unsupported_type"}])),
        (is_a("unsupported"),),
    ),
    Shape(
        "message taken back",
        gram(message("m_5", is_deleted=True)),
        (
            {
                "kind": "delete",
                "type": None,
                "id": "m_5",
                "target": "m_5",
                "sender": ANNE,
                "text": None,
                "window_ends_at": None,
            },
        ),
    ),
    Shape(
        "question chosen before the first message",
        gram(item(postback={"mid": "m_2", "title": "On me menace", "payload": "ICE_1"})),
        ({"kind": "postback", "id": "m_2", "text": "On me menace", "payload": "ICE_1"},),
    ),
    Shape(
        "link of ig.me in a conversation that exists",
        gram(
            item(referral={"ref": "affiche", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"})
        ),
        ({"kind": "referral", "ref": "affiche", "source": "IGME-SOURCE-LINK"},),
    ),
    Shape(
        "message from an advertisement",
        gram(message(text="hello", referral={"ref": "r", "ad_id": "5", "source": "ADS"})),
        (is_a("text", text="hello", ref="r", referral="5"),),
    ),
    Shape(
        "reaction",
        gram(item(reaction={"mid": "m_9", "action": "react", "reaction": "love", "emoji": "❤"})),
        ({"kind": "reaction", "target": "m_9", "emoji": "❤"},),
    ),
    Shape(
        "reaction with a name only",
        gram(item(reaction={"mid": "m_9", "action": "react", "reaction": "wow"})),
        ({"kind": "reaction", "target": "m_9", "emoji": "wow"},),
    ),
    Shape(
        "read",
        gram(item(read={"mid": "m_9"})),
        ({"kind": "status", "status": "read", "id": "m_9", "target": "m_9", "sender": ANNE},),
    ),
    Shape(
        "edit",
        gram(item(message_edit={"mid": "m_1", "text": "nouveau", "num_edit": "2"})),
        ({"kind": "edit", "target": "m_1", "text": "nouveau"},),
    ),
    Shape(
        "echo of what a colleague typed in the Instagram app",
        gram(item(GRAM, ANNE, message={"mid": "m_9", "is_echo": True, "text": "coucou"})),
        ({"kind": "echo", "sender": GRAM, "recipient": ANNE, "payload": None, "text": "coucou"},),
    ),
    Shape(
        "thread passed, in the form of a field",
        {
            "object": "instagram",
            "entry": [
                {
                    "id": GRAM,
                    "time": MS,
                    "changes": [
                        {
                            "field": "messaging_handover",
                            "value": item(pass_thread_control={"new_owner_app_id": APP}),
                        }
                    ],
                }
            ],
        },
        ({"kind": "handover", "sender": ANNE, "status": "pass", "payload": APP},),
    ),
    Shape(
        "message in the form of a field, in standby",
        {
            "object": "instagram",
            "entry": [
                {"id": GRAM, "changes": [{"field": "standby", "value": message(text="allo")}]}
            ],
        },
        (is_a("text", text="allo", standby=True),),
    ),
    Shape(
        "message as the only field of an entry",
        {
            "object": "instagram",
            "entry": [{"id": GRAM, "field": "messages", "value": message(text="allo")}],
        },
        (is_a("text", text="allo"),),
    ),
    Shape(
        "comment under a post",
        {
            "object": "instagram",
            "entry": [{"id": GRAM, "changes": [{"field": "comments", "value": {"text": "x"}}]}],
        },
        (),
        ("changes.comments",),
    ),
)

SHAPES = tuple(
    (channel, shape)
    for channel, shapes in (("messenger", MESSENGER), ("instagram", INSTAGRAM))
    for shape in shapes
)
