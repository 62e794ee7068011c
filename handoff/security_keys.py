"""Security keys as a second factor (WebAuthn): what the browser is asked, and what it answers.

The library checks; here is what we ask of it. A key is bound to the host it was added on, so that
no other site, however alike, can use what it signs.
"""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.accounts import Listener, SecurityKey
from core.errors import Refused

MOST_KEYS = 10
LABEL_LIMIT = 40
_NAME = "Relais"
# The password is the other factor: a key that is touched is enough.
_VERIFICATION = UserVerificationRequirement.DISCOURAGED


def registration(listener: Listener, *, site: str, challenge: bytes) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked, as JSON."""
    return _plain(
        generate_registration_options(
            rp_id=site,
            rp_name=_NAME,
            user_id=listener.id.encode(),
            user_name=listener.login,
            user_display_name=listener.name,
            challenge=challenge,
            exclude_credentials=_descriptors(listener, site),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_VERIFICATION
            ),
        )
    )


def registered(
    credential: dict[str, Any], *, site: str, origin: str, challenge: bytes, label: str,
    now: datetime,
) -> SecurityKey:  # fmt: skip
    """The key a browser made. Raises Refused."""
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site,
            expected_origin=origin,
        )
    except _BROKEN:
        raise Refused from None
    return SecurityKey(
        id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        site=site,
        label=label,
        added_at=now,
    )


def request(listener: Listener, *, site: str, challenge: bytes) -> dict[str, Any] | None:
    """What `navigator.credentials.get` is asked, as JSON; None without a key for this host."""
    allowed = _descriptors(listener, site)
    if not allowed:
        return None
    return _plain(
        generate_authentication_options(
            rp_id=site,
            challenge=challenge,
            allow_credentials=allowed,
            user_verification=_VERIFICATION,
        )
    )


def with_signature(
    listener: Listener, credential: dict[str, Any], *, site: str, origin: str, challenge: bytes
) -> Listener:
    """The account after one of its keys signed the challenge. Raises Refused."""
    key = next(
        (one for one in listener.keys if one.site == site and one.id == credential.get("id")), None
    )
    if key is None:
        raise Refused
    try:
        signed = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
        )
    except _BROKEN:
        raise Refused from None
    used = replace(key, sign_count=signed.new_sign_count)
    keys = tuple(used if one.id == key.id else one for one in listener.keys)
    return replace(listener, keys=keys, second_steps=listener.second_steps + 1)


# What the library raises on hostile input: its own errors, and those of the decoders below it.
_BROKEN = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError)


def _descriptors(listener: Listener, site: str) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.id))
        for key in listener.keys
        if key.site == site
    ]


def _plain(options: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(options_to_json(options))
    return plain
