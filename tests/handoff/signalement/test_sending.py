"""Sending by mail and HTTPS against real servers that refuse, hang, and break off."""

import asyncio
import base64
import json
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization.pkcs7 import pkcs7_decrypt_der
from cryptography.x509.oid import NameOID

from core.errors import ConfigurationError
from core.signalement.platforms import directory
from handoff.signalement.https import HttpsSender
from handoff.signalement.mail import MailSender, SmtpServer
from handoff.signalement.sending import (
    Fate,
    Later,
    Parcel,
    Rejected,
    Taken,
    Unknown,
    read_addresses,
)
from tests.builders import NOON
from tests.handoff.signalement.mailbox import Mailbox

PARCEL = Parcel(
    id="b" * 32,
    subject="Signalement prioritaire bbbbbbbb",
    text="Pourquoi c’est illégal : harcèlement",
    pdf=b"%PDF-1.3 pages",
    fields={"reference": "b" * 32},
)


def a_sender(port: int, certificate: x509.Certificate | None = None) -> MailSender:
    server = SmtpServer(host="127.0.0.1", port=port, tls=False, sender="nous@service.example")
    return MailSender(server, to="moderation@platform.example", certificate=certificate, timeout=1)


def a_closed_port() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])


def a_certificate(key: Any) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "moderation")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON)
        .not_valid_after(NOON + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )


def parts(message: EmailMessage) -> dict[str, bytes]:
    return {
        str(part.get_filename()): part.get_payload(decode=True)  # type: ignore[misc]
        for part in message.iter_attachments()
    }


async def test_a_platform_gets_the_pdf_and_its_json() -> None:
    mailbox = Mailbox()
    async with mailbox.listening() as port:
        assert await a_sender(port).send(PARCEL) == Taken()
    [raw] = mailbox.got
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert message["Message-ID"] == f"<{'b' * 32}@service.example>"
    assert parts(message)["notice-bbbbbbbb.pdf"] == PARCEL.pdf
    assert json.loads(parts(message)["notice-bbbbbbbb.json"]) == dict(PARCEL.fields)


async def test_with_a_certificate_nothing_can_be_read_on_the_way() -> None:
    key = rsa.generate_private_key(65537, 2048)
    mailbox = Mailbox()
    async with mailbox.listening() as port:
        assert await a_sender(port, a_certificate(key)).send(PARCEL) == Taken()
    [raw] = mailbox.got
    for secret in (b"harc", b"PDF", b"notice-", base64.b64encode(PARCEL.pdf)[:12]):
        assert secret not in raw
    outer = message_from_bytes(raw, policy=default)
    assert outer.get_content_type() == "application/pkcs7-mime"
    sealed = outer.get_payload(decode=True)
    assert isinstance(sealed, bytes)
    opened = pkcs7_decrypt_der(sealed, a_certificate(key), key, [])
    inner = message_from_bytes(opened, policy=default)
    assert isinstance(inner, EmailMessage)
    assert parts(inner)["notice-bbbbbbbb.pdf"] == PARCEL.pdf


@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        ("250 OK", Taken()),
        ("451 try later", Later("smtp_451")),
        ("554 refused", Rejected("smtp_554")),
        ("421 4.4.2 time-out, closing", Unknown("smtp_421")),
        (None, Unknown("SMTPServerDisconnected")),
    ],
)
async def test_the_last_word_of_a_server_decides(reply: str | None, fate: Fate) -> None:
    mailbox = Mailbox(reply)
    async with mailbox.listening() as port:
        assert await a_sender(port).send(PARCEL) == fate
    assert len(mailbox.got) == 1, "offered once, whatever came of it"


async def test_a_server_that_falls_silent_with_the_message_leaves_both_possible() -> None:
    mailbox = Mailbox()
    mailbox.hang = True
    async with mailbox.listening() as port:
        fate = await a_sender(port).send(PARCEL)
    assert isinstance(fate, Unknown)
    assert len(mailbox.got) == 1


async def test_before_the_message_left_nothing_is_in_doubt() -> None:
    assert isinstance(await a_sender(a_closed_port()).send(PARCEL), Later)
    refused = Mailbox(recipient="550 no such user")
    async with refused.listening() as port:
        assert await a_sender(port).send(PARCEL) == Rejected("smtp_550")
    assert refused.got == []


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def posted(answer: Answer) -> Fate:
    app = web.Application()
    app.router.add_post("/notices", answer)
    async with TestServer(app) as server:
        url = str(server.make_url("/notices"))
        return await HttpsSender(url, token="the token", timeout=0.5).send(PARCEL)


async def test_an_api_gets_the_notice_with_a_key_that_tells_copies() -> None:
    seen: list[tuple[str, str, Any]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        headers = request.headers
        seen.append((headers["Idempotency-Key"], headers["Authorization"], await request.json()))
        return web.json_response({}, status=202)

    assert await posted(answer) == Taken()
    [(key, token, body)] = seen
    assert (key, token) == (PARCEL.id, "Bearer the token")
    assert base64.b64decode(body["pdf"]) == PARCEL.pdf


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (429, Later("http_429")),
        (503, Later("http_503")),
        (400, Rejected("http_400")),
        (302, Rejected("http_302")),
        (500, Unknown("http_500")),
        (504, Unknown("http_504")),
    ],
)
async def test_a_status_says_what_is_known(status: int, fate: Fate) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:1/"})

    assert await posted(answer) == fate


async def test_an_api_that_hangs_leaves_both_possible_and_one_that_is_gone_does_not() -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    assert isinstance(await posted(hang), Unknown)
    gone = HttpsSender(f"http://127.0.0.1:{a_closed_port()}/", token=None)
    assert isinstance(await gone.send(PARCEL), Later)


def test_the_channels_file_is_read_with_its_certificates(tmp_path: Path) -> None:
    pem = a_certificate(rsa.generate_private_key(65537, 2048)).public_bytes(
        serialization.Encoding.PEM
    )
    (tmp_path / "insta.pem").write_bytes(pem)
    file = tmp_path / "channels.yml"
    file.write_text(
        "instagram: {mail: p@platform.example, certificate: insta.pem}\n"
        "tiktok: {https: 'https://api.platform.example/n', token: t}\n"
    )
    read = read_addresses(file, platforms=directory().platforms)
    assert read["instagram"].certificate is not None
    assert read["tiktok"].token == "t"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("minitel: {mail: a@b.example}", "minitel"),
        ("instagram: {}", "instagram"),
        ("instagram: {mail: a@b.example, https: 'https://x.example'}", "instagram"),
        ("instagram: {https: 'http://x.example'}", "instagram"),
        ("instagram: {mail: nobody}", "instagram"),
        ("instagram: {mail: a@b.example, certificate: none.pem}", "instagram"),
        ("instagram: {mail: a@b.example, certificate: ec.pem}", "RSA"),
        ("instagram: {post: a@b.example}", "instagram"),
        ("instagram: [", "YAML"),
        ("- instagram", "wrong"),
    ],
)
def test_a_wrong_channels_file_refuses_and_names_the_place(
    tmp_path: Path, text: str, named: str
) -> None:
    elliptic = a_certificate(ec.generate_private_key(ec.SECP256R1()))
    (tmp_path / "ec.pem").write_bytes(elliptic.public_bytes(serialization.Encoding.PEM))
    file = tmp_path / "channels.yml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=named) as refusal:
        read_addresses(file, platforms=directory().platforms)
    assert "RELAIS_SIGNALEMENT_CHANNELS" in str(refusal.value)
    assert "@b.example" not in str(refusal.value)
