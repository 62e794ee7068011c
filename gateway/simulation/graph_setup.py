"""The Graph API's setting-up calls: accounts, subscriptions, templates, profiles, tokens.

Tests change what is here to play an account that is not well: `phone`, `token`, `subscriptions`.
"""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from gateway.simulation.graph_errors import Refused, bad_parameter, unknown_object

Fields = dict[str, Any]

_THREAD_CONTROL = frozenset(
    {
        "pass_thread_control",
        "take_thread_control",
        "request_thread_control",
        "release_thread_control",
    }
)
_SUCCESS: Fields = {"success": True}


class GraphSetup:
    """What is set up on the platform for one team."""

    def __init__(
        self, *, phone_id: str, business_id: str, page_id: str, instagram_id: str, app_id: str
    ) -> None:
        self._app_id = app_id
        self._pages = {"me", page_id, instagram_id} - {""}
        self.phone: Fields = {
            "id": phone_id,
            "verified_name": "Relais",
            "display_phone_number": "+33 1 00 00 00 00",
            "quality_rating": "GREEN",
            "code_verification_status": "VERIFIED",
            "name_status": "APPROVED",
            "platform_type": "CLOUD_API",
            "status": "CONNECTED",
            "throughput": {"level": "STANDARD"},
        }
        self.token: Fields = {
            "app_id": app_id,
            "type": "SYSTEM_USER",
            "is_valid": True,
            "expires_at": 0,
            "issued_at": int(time.time()),
            "scopes": [
                "whatsapp_business_messaging",
                "whatsapp_business_management",
                "pages_messaging",
                "pages_manage_metadata",
                "instagram_basic",
                "instagram_manage_messages",
            ],
        }
        self.objects: dict[str, Fields] = {
            phone_id: self.phone,
            business_id: {"id": business_id, "name": "Relais"},
            page_id: {
                "id": page_id,
                "name": "Relais",
                "instagram_business_account": {"id": instagram_id},
            },
            instagram_id: {"id": instagram_id, "username": "relais"},
            "me": {"id": page_id, "name": "Relais"},
            "debug_token": {"data": self.token},
        }
        self.objects.pop("", None)
        self.templates: list[Fields] = []
        self.profile: Fields = {}
        # Of an account (`subscribed_apps`) and of the app (`subscriptions`), by node, edge and, for
        # the app, the kind of account.
        self.subscriptions: dict[tuple[str, str, str], Fields] = {}

    def object(self, method: str, node: str, given: Mapping[str, str]) -> Fields:
        """An account or a token. Raises Refused."""
        if node not in self.objects or method not in ("GET", "POST"):
            raise Refused(unknown_object(node))
        if node == "debug_token" and not given.get("input_token"):
            raise Refused(bad_parameter("input_token"))
        found = self.objects[node]
        wanted = given.get("fields")
        if method == "POST":
            return _SUCCESS
        if not wanted:
            return found
        return {name: found[name] for name in ("id", *wanted.split(",")) if name in found}

    def edge(self, method: str, node: str, edge: str, given: Fields) -> Fields:
        """What hangs on an account. Raises Refused."""
        if node not in {*self.objects, *self._pages, self._app_id} - {""}:
            raise Refused(unknown_object(node))
        if edge in ("subscribed_apps", "subscriptions"):
            return self._subscription(method, node, edge, given)
        if edge == "message_templates":
            return self._template(method, given)
        if edge == "phone_numbers" and method == "GET":
            return {"data": [self.phone]}
        if node in self._pages and edge == "messenger_profile":
            return self._profile(method, given)
        if node in self._pages and edge in _THREAD_CONTROL and method == "POST":
            return _SUCCESS
        raise Refused(unknown_object(node))

    def _subscription(self, method: str, node: str, edge: str, given: Fields) -> Fields:
        key = (node, edge, str(given.get("object", "")))
        if method == "GET":
            return {"data": [each for k, each in self.subscriptions.items() if k[:2] == key[:2]]}
        if method == "DELETE":
            self.subscriptions.pop(key, None)
            return _SUCCESS
        fields = given.get("subscribed_fields") or given.get("fields") or []
        names = fields.split(",") if isinstance(fields, str) else fields
        if edge == "subscribed_apps":
            self.subscriptions[key] = {
                "id": self._app_id,
                "name": "Relais",
                "subscribed_fields": names,
                "whatsapp_business_api_data": {"id": self._app_id, "name": "Relais"},
            }
        else:
            self.subscriptions[key] = {
                "object": given.get("object"),
                "callback_url": given.get("callback_url"),
                "active": True,
                "fields": [{"name": name, "version": "v25.0"} for name in names],
            }
        return _SUCCESS

    def _template(self, method: str, given: Fields) -> Fields:
        if method == "GET":
            name = given.get("name")
            return {"data": [t for t in self.templates if name in (None, t["name"])]}
        if not all(given.get(name) for name in ("name", "language", "category", "components")):
            raise Refused(bad_parameter("a template's name, language, category and components"))
        template = {"id": str(secrets.randbelow(10**15)), "status": "PENDING"}
        self.templates.append({**given, **template})
        return {**template, "category": given["category"]}

    def _profile(self, method: str, given: Fields) -> Fields:
        if method == "POST":
            self.profile |= given
        elif method == "DELETE":
            for name in given.get("fields", []):
                self.profile.pop(name, None)
        else:
            return {"data": [self.profile] if self.profile else []}
        return {"result": "success"}
