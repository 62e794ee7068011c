"""The Graph API's refusals, as its documentation shows them."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from gateway.simulation.faults import Fault, FaultKind


@dataclass(frozen=True, slots=True)
class GraphError:
    """The API's answer to a call it refuses. `wait`: seconds after which to come back."""

    code: int
    message: str
    subcode: int | None = None
    status: int = 400
    details: str | None = None
    wait: float | None = None

    def response(self) -> web.Response:
        """The error as the API words it."""
        error: dict[str, Any] = {
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "A" + secrets.token_urlsafe(16),
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        # Not confirmed that Meta itself sends this header.
        headers = {} if self.wait is None else {"Retry-After": f"{self.wait:g}"}
        return web.json_response({"error": error}, status=self.status, headers=headers)


class Refused(Exception):
    """A call that the API refuses."""

    def __init__(self, error: GraphError) -> None:
        super().__init__(error.message)
        self.error = error


def unknown_object(node: str) -> GraphError:
    """No such object, or not for this token."""
    return GraphError(
        100,
        f"Unsupported request. Object with ID '{node}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation",
        subcode=33,
    )


def bad_parameter(what: str) -> GraphError:
    """A parameter that breaks the API's limits."""
    return GraphError(100, f"(#100) Invalid parameter: {what}")


def bad_token(subcode: int | None = None) -> GraphError:
    """A token that is wrong, or (463) has expired."""
    return GraphError(190, "Invalid OAuth access token.", subcode=subcode, status=401)


_WHATSAPP = {
    FaultKind.THROTTLED: GraphError(
        130429,
        "(#130429) Rate limit hit",
        status=429,
        details="Message failed to send because there were too many messages sent from this phone "
        "number in a short period of time",
    ),
    FaultKind.ERROR: GraphError(131000, "(#131000) Something went wrong", status=500),
    FaultKind.CLOSED_WINDOW: GraphError(
        131047,
        "(#131047) Re-engagement message",
        details="Message failed to send because more than 24 hours have passed since the customer "
        "last replied to this number.",
    ),
    FaultKind.BLOCKED: GraphError(
        131026, "(#131026) Message undeliverable", details="Message Undeliverable."
    ),
}

_PAGE = {
    FaultKind.THROTTLED: GraphError(
        613, "(#613) Calls to this API have exceeded the rate limit.", status=429
    ),
    FaultKind.ERROR: GraphError(
        2, "An unexpected error has occurred. Please retry your request later.", status=500
    ),
    FaultKind.CLOSED_WINDOW: GraphError(
        10, "(#10) This message is sent outside of allowed window.", subcode=2018278
    ),
    FaultKind.BLOCKED: GraphError(
        551, "(#551) This person isn't available right now.", subcode=1545041
    ),
}


def refusal(fault: Fault, *, whatsapp: bool) -> GraphError | None:
    """The error a fault shows; None for one that lets the message through."""
    error = (_WHATSAPP if whatsapp else _PAGE).get(fault.kind)
    if error is None or fault.kind is not FaultKind.THROTTLED:
        return error
    return replace(error, wait=fault.seconds)
