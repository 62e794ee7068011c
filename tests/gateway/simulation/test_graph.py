"""The fake Graph API, seen by pywa and by a plain HTTP client."""

import hashlib
import hmac
from typing import Any

import httpx
import pytest
from pywa import errors
from pywa_async import WhatsApp
from pywa_async.types import Button, Section, SectionList, SectionRow

from core.conversation import Choice
from gateway.simulation.graph import VERSION, FakeGraph
from gateway.simulation.platform import File
from tests.gateway.simulation.conftest import ACCOUNTS

SAM = "33612345678"
BSUID = "FR.13491208655302741918"


def page(graph: FakeGraph, token: str = ACCOUNTS.page_token) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"{graph.url}/{VERSION}/", headers={"Authorization": f"Bearer {token}"}
    )


def to(person: str, **message: Any) -> dict[str, Any]:
    return {"recipient": {"id": person}, "messaging_type": "RESPONSE", "message": message}


async def test_a_text_of_whatsapp_arrives(graph: FakeGraph, whatsapp: WhatsApp) -> None:
    sent = await whatsapp.send_message(SAM, "Bonjour, tu es au bon endroit.")
    (arrived,) = graph.inboxes.of(SAM)
    assert (arrived.kind, arrived.text) == ("text", "Bonjour, tu es au bon endroit.")
    assert arrived.id == sent.id
    assert sent.id.startswith("wamid.")


async def test_a_business_scoped_id_reaches_the_same_person(
    graph: FakeGraph, whatsapp: WhatsApp
) -> None:
    graph.inboxes.same_person(SAM, BSUID)
    await whatsapp.send_message(SAM, "un")
    sent = await whatsapp.send_message(BSUID, "deux")
    assert [arrived.text for arrived in graph.inboxes.of(BSUID)] == ["un", "deux"]
    assert sent.chat.id == BSUID


async def test_buttons_and_lists_are_choices(graph: FakeGraph, whatsapp: WhatsApp) -> None:
    await whatsapp.send_message(SAM, "Tu es en danger ?", buttons=[Button("Oui", "yes")])
    rows = [SectionRow(title=f"Choix {n}", callback_data=f"c{n}") for n in range(4)]
    await whatsapp.send_message(
        SAM, "Où ?", buttons=SectionList("Choisir", [Section(title="Où", rows=rows)])
    )
    button, several = graph.inboxes.of(SAM)
    assert (button.kind, button.choices) == ("button", (Choice("yes", "Oui"),))
    assert several.kind == "list"
    assert [choice.id for choice in several.choices] == ["c0", "c1", "c2", "c3"]


async def test_read_marks_typing_and_reactions_are_calls(
    graph: FakeGraph, whatsapp: WhatsApp
) -> None:
    assert await whatsapp.mark_message_as_read("wamid.1")
    assert await whatsapp.indicate_typing("wamid.1")
    assert graph.inboxes.of(SAM) == ()
    read, typing = graph.calls
    assert (read.body["status"], read.body["message_id"]) == ("read", "wamid.1")
    assert typing.body["typing_indicator"] == {"type": "text"}
    await whatsapp.send_reaction(to=SAM, emoji="👍", message_id="wamid.1")
    assert [arrived.kind for arrived in graph.inboxes.of(SAM)] == ["reaction"]


async def test_a_file_is_found_and_fetched_with_the_token_only(
    graph: FakeGraph, whatsapp: WhatsApp
) -> None:
    graph.files["42"] = File(b"GIF89a", "image/gif")
    place = await whatsapp.get_media_url("42")
    assert place.sha256 == hashlib.sha256(b"GIF89a").hexdigest()
    assert await whatsapp.get_media_bytes(url=place.url) == b"GIF89a"
    async with httpx.AsyncClient() as stranger:
        assert (await stranger.get(place.url)).status_code == 401


async def test_an_uploaded_file_can_be_fetched(graph: FakeGraph, whatsapp: WhatsApp) -> None:
    media = await whatsapp.upload_media(b"%PDF-1.4", mime_type="application/pdf", filename="a.pdf")
    place = await whatsapp.get_media_url(media.id)
    assert place.mime_type == "application/pdf"
    assert await whatsapp.get_media_bytes(url=place.url) == b"%PDF-1.4"


@pytest.mark.parametrize(
    ("text", "buttons"),
    [
        ("x" * 4097, None),
        ("x", [Button(str(n), str(n)) for n in range(4)]),
        ("x", [Button("t" * 21, "id")]),
        ("x" * 1025, [Button("t", "id")]),
        ("x", [Button("same", "1"), Button("same", "2")]),
    ],
)
async def test_whatsapp_refuses_what_is_over_its_limits(
    graph: FakeGraph, whatsapp: WhatsApp, text: str, buttons: list[Button] | None
) -> None:
    with pytest.raises(errors.WhatsAppError) as refused:
        await whatsapp.send_message(SAM, text, buttons=buttons)
    assert refused.value.code in (100, 131009)
    assert graph.inboxes.of(SAM) == ()


async def test_a_page_sends_text_quick_replies_and_buttons(graph: FakeGraph) -> None:
    replies = [{"content_type": "text", "title": "Oui", "payload": "yes"}]
    button = {"type": "postback", "title": "Parler", "payload": "human"}
    template = {"template_type": "button", "text": "Et là ?", "buttons": [button]}
    async with page(graph) as client:
        text = await client.post("me/messages", json=to("psid", text="Salut"))
        await client.post("me/messages", json=to("psid", text="Oui ?", quick_replies=replies))
        attachment = {"type": "template", "payload": template}
        await client.post("me/messages", json=to("psid", attachment=attachment))
        typing = {"recipient": {"id": "psid"}, "sender_action": "typing_on"}
        assert (await client.post("me/messages", json=typing)).json() == {"recipient_id": "psid"}
    first, second, third = graph.inboxes.of("psid")
    assert text.json() == {"recipient_id": "psid", "message_id": first.id}
    assert first.id.startswith("m_")
    assert second.choices == (Choice("yes", "Oui"),)
    assert (third.text, third.choices) == ("Et là ?", (Choice("human", "Parler"),))


@pytest.mark.parametrize(
    ("node", "body", "status"),
    [
        ("me", to("p", text="é" * 2000), 200),
        ("me", to("p", text="é" * 2001), 400),
        (ACCOUNTS.instagram_id, to("p", text="é" * 500), 200),
        (ACCOUNTS.instagram_id, to("p", text="é" * 501), 400),
        ("me", to("p", text="x", quick_replies=[{"content_type": "text"}] * 14), 400),
        ("me", {"recipient": {"id": "p"}, "message": {"text": "x"}}, 400),
        ("me", to("p"), 400),
        ("me", {"message": {"text": "x"}}, 400),
        ("999", to("p", text="x"), 400),
    ],
)
async def test_a_page_keeps_to_its_limits(
    graph: FakeGraph, node: str, body: dict[str, Any], status: int
) -> None:
    async with page(graph) as client:
        answer = await client.post(f"{node}/messages", json=body)
    assert answer.status_code == status
    if status != 200:
        error = answer.json()["error"]
        assert error["code"] == 100
        assert error["fbtrace_id"]
        assert graph.inboxes.of("p") == ()


async def test_a_page_may_speak_for_its_instagram_account(graph: FakeGraph) -> None:
    graph.on_instagram.add("igsid")
    async with page(graph) as client:
        said = [
            (await client.post("me/messages", json=to("igsid", text="é" * n))) for n in (500, 501)
        ]
    assert [answer.status_code for answer in said] == [200, 400]


async def test_a_wrong_proof_of_the_app_s_secret_is_refused(graph: FakeGraph) -> None:
    key, token = ACCOUNTS.page_secret.encode(), ACCOUNTS.page_token.encode()
    right = hmac.new(key, token, hashlib.sha256).hexdigest()
    async with page(graph) as client:
        for proof, status in ((right, 200), ("0" * 64, 400)):
            body = to("psid", text="Salut") | {"appsecret_proof": proof}
            assert (await client.post("me/messages", json=body)).status_code == status
    assert len(graph.inboxes.of("psid")) == 1


async def test_a_wrong_token_opens_nothing(graph: FakeGraph) -> None:
    async with page(graph, token="wrong") as client:
        for answer in (await client.get("me"), await client.post("me/messages", json=to("p"))):
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == 190


async def test_no_call_that_is_recorded_holds_a_token(graph: FakeGraph) -> None:
    async with page(graph) as client:
        await client.get("me")
        await client.get("me", params={"access_token": ACCOUNTS.page_token})
    assert ACCOUNTS.page_token not in repr(graph.calls) + repr(ACCOUNTS)


async def test_the_accounts_can_be_set_up(graph: FakeGraph, whatsapp: WhatsApp) -> None:
    phone = await whatsapp.get_business_phone_number()
    assert phone.quality_rating == "GREEN"
    async with page(graph) as client:
        assert (await client.get("me", params={"fields": "name"})).json() == {
            "id": ACCOUNTS.page_id,
            "name": "Relais",
        }
        await client.post("me/messenger_profile", json={"get_started": {"payload": "start"}})
        profile = (await client.get("me/messenger_profile")).json()
        assert profile["data"] == [{"get_started": {"payload": "start"}}]
        await client.post("me/subscribed_apps", params={"subscribed_fields": "messages,standby"})
        (subscribed,) = (await client.get("me/subscribed_apps")).json()["data"]
        assert subscribed["subscribed_fields"] == ["messages", "standby"]
        checked = await client.get("debug_token", params={"input_token": "any"})
        assert checked.json()["data"]["is_valid"] is True
        released = await client.post("me/release_thread_control", json={"recipient": {"id": "p"}})
        assert released.json() == {"success": True}
        template = {"name": "hello", "language": "fr", "category": "UTILITY", "components": [{}]}
        path = f"{ACCOUNTS.business_id}/message_templates"
        assert (await client.post(path, json=template)).json()["status"] == "PENDING"
        assert [t["name"] for t in (await client.get(path)).json()["data"]] == ["hello"]
        assert (await client.get("999/subscribed_apps")).json()["error"]["error_subcode"] == 33
