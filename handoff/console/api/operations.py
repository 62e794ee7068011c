"""Every operation of the console's API in a line or two: what it does, takes, gives and refuses.

A route without an entry here fails a test. Refusals that `handoff.console.guard` and
`gateway.http` answer for every route of a kind are not repeated: `document` adds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handoff.console.api import answers, bodies, shapes

API = "/console/api"
# What is given as bytes.
PDF, CSV, JSON_FILE = "application/pdf", "text/csv", "application/json"
ANYTHING = "*/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path.

    `gives` is the type of the JSON of a 200, None for a 204, or a media type for bytes. `refuses`
    are lines such as `409 not_owner no_offer`. `query` holds the forms of its parameters.
    """

    says: str
    takes: Any = None
    gives: Any = None
    refuses: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)


def _op(says: str, *refuses: str, takes: Any = None, gives: Any = None, **query: str) -> Operation:
    return Operation(says=says, takes=takes, gives=gives, refuses=refuses, query=query)


_SIGNED = shapes.Welcome | shapes.SecondStep
_PERIOD = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2}\.\.[0-9]{4}-[0-9]{2}-[0-9]{2})?)?$"
_NOT_OWNER, _NO_OFFER = "409 not_owner", "409 no_offer not_owner"
_NO_FOLLOW_UP = "409 no_follow_up"
_WORDS = "400 empty note_too_long"
_NOW = "409 not_now"
# Told as `answers.Lacks`, not as an error.
_LACKS = "422"

_ENTRANCE = {
    "POST login": _op(
        "Sign in, or learn what the second step asks for",
        "401 bad_login",
        "429 too_many",
        takes=bodies.Credentials,
        gives=_SIGNED,
    ),
    "POST login/second": _op(
        "The second step",
        "401 bad_code bad_key step_over",
        "429 too_many",
        takes=bodies.SecondTry,
        gives=shapes.Welcome,
    ),
    "POST logout": _op("End this session"),
    "POST invitation": _op(
        "Whose invitation a token is",
        "404 bad_invitation",
        "429 too_many",
        takes=bodies.Token,
        gives=answers.Invited,
    ),
    "POST invitation/accept": _op(
        "Choose a password, once",
        "400 weak_password",
        "404 bad_invitation",
        "429 too_many",
        takes=bodies.Accept,
        gives=_SIGNED,
    ),
}
_ONESELF = {
    "GET me": _op("Who is signed in; no use of the session", gives=shapes.Welcome),
    "POST password": _op(
        "Change one's password; all other sessions end",
        "400 weak_password",
        "401 bad_login",
        "429 too_many",
        takes=bodies.Password,
        gives=shapes.Welcome,
    ),
    "GET sessions": _op("One's own sessions", gives=answers.Sessions),
    "POST sessions/end": _op(
        "End one of them", "404 not_found", takes=bodies.OneSession, gives=None
    ),
    "GET factors": _op("One's own second factors", gives=answers.Factors),
    "POST factors/totp": _op(
        "Begin to add an application",
        "403 bad_password",
        "429 too_many",
        takes=bodies.OwnPassword,
        gives=answers.Application,
    ),
    "POST factors/totp/confirm": _op(
        "Add it",
        "400 bad_code step_over",
        "429 too_many",
        takes=bodies.ConfirmTotp,
        gives=answers.FactorsChanged,
    ),
    "POST factors/keys": _op(
        "Begin to add a security key",
        "403 bad_password",
        "429 too_many",
        takes=bodies.OwnPassword,
        gives=answers.NewKey,
    ),
    "POST factors/keys/confirm": _op(
        "Add it",
        "400 bad_key step_over too_many_keys",
        "429 too_many",
        takes=bodies.ConfirmKey,
        gives=answers.FactorsChanged,
    ),
    "POST factors/remove": _op(
        "Take a factor away",
        "403 bad_password",
        "404 not_found",
        "409 second_factor_required",
        "429 too_many",
        takes=bodies.Which,
        gives=answers.Factors,
    ),
    "POST factors/recovery": _op(
        "New recovery codes",
        "403 bad_password",
        "404 not_found",
        "429 too_many",
        takes=bodies.OwnPassword,
        gives=answers.Codes,
    ),
}
_ACCOUNTS = {
    "GET accounts": _op("Every account", gives=answers.Accounts),
    "POST accounts": _op(
        "Invite somebody",
        "400 bad_account",
        "409 login_taken",
        takes=bodies.NewAccount,
        gives=answers.AccountInvited,
    ),
    "POST accounts/{id}/invite": _op(
        "A new link for an account; its password and sessions end",
        "409 oneself",
        gives=answers.AccountInvited,
    ),
    "POST accounts/{id}/role": _op(
        "Another role", "409 oneself", takes=bodies.NewRole, gives=answers.AccountChanged
    ),
    "POST accounts/{id}/disable": _op(
        "Close an account; what it holds goes back to the queue",
        "409 oneself",
        gives=answers.AccountChanged,
    ),
    "POST accounts/{id}/enable": _op("Open it again", "409 oneself", gives=answers.AccountChanged),
    "POST accounts/{id}/forget-factors": _op(
        "Take its second factors away", "409 oneself", gives=answers.AccountChanged
    ),
    "GET accounts/{id}/sessions": _op("Where it is signed in", gives=answers.Sessions),
    "POST accounts/{id}/sessions/end": _op(
        "Sign it out everywhere", "409 oneself", gives=answers.AccountChanged
    ),
    "GET audit": _op(
        "Who did what, 50 at a time",
        "400 bad_request",
        gives=answers.Entries,
        before=r"^[0-9]{1,15}$",
        verb=r"^[a-z_]{1,40}$",
        actor=r"^[0-9a-f]{32}$",
        conversation=r"^[0-9a-f]{32}$",
    ),
}
_DESK = {
    "GET channels": _op("How the channels do; no use of the session", gives=answers.Channels),
    "POST claim": _op(
        "Take the most urgent conversation that waits, once a cid",
        "404 nothing_waiting",
        "409 busy taken",
        takes=bodies.Next,
        gives=shapes.Detail,
    ),
    "GET conversations/{id}": _op("One's own conversation", gives=shapes.Detail),
    "POST conversations/{id}/claim": _op("Take it", "409 ended taken", gives=shapes.Detail),
    "POST conversations/{id}/reply": _op(
        "Answer the person",
        "400 empty too_long",
        _NOT_OWNER,
        takes=bodies.Reply,
        gives=answers.Said,
    ),
    "POST conversations/{id}/close": _op(
        "End it",
        "400 outcome_required unknown_tag",
        "409 new_message not_owner",
        takes=bodies.Close,
        gives=answers.Changed,
    ),
    "POST conversations/{id}/triage": _op(
        "Say what it is about",
        "409 another_writes not_owner",
        takes=bodies.Correction,
        gives=answers.Changed,
    ),
    "POST conversations/{id}/writer": _op(
        "From which message on somebody else writes; null: nobody else does",
        _NOT_OWNER,
        takes=bodies.WhoWrites,
        gives=answers.Changed,
    ),
    "GET conversations/{id}/apart": _op(
        "What another wrote before and the screen leaves out; each look is in the audit",
        gives=answers.Apart,
    ),
    "POST calls": _op(
        "A ticket for somebody on the line, once a cid",
        "400 note_too_long",
        takes=bodies.NewCall,
        gives=answers.Changed,
    ),
    "POST conversations/{id}/code": _op(
        "A code to read out to a caller", _NOT_OWNER, gives=answers.Code
    ),
    "GET conversations/{id}/joined": _op(
        "The other half: the chat of a call, the call of a chat; no use of the session",
        "409 another_person",
        gives=shapes.Detail,
    ),
    "POST conversations/{id}/emergency": _op(
        "The emergency sheet; the reason is in the audit first",
        "400 emergency_reason",
        takes=bodies.Need,
        gives=answers.Sheet,
    ),
    "GET follow_ups": _op("What is promised; no use of the session", gives=answers.Promises),
    "POST conversations/{id}/follow_up": _op(
        "Ask whether we may write, and when",
        _NO_FOLLOW_UP,
        takes=bodies.Asked,
        gives=answers.Changed,
    ),
    "POST conversations/{id}/follow_up/note": _op(
        "Note what the person agreed to in words",
        "400 bad_number",
        "409 indecent_hour no_follow_up",
        takes=bodies.Promised,
        gives=answers.Changed,
    ),
    "POST conversations/{id}/follow_up/number": _op(
        "Where to call, once it is due; each look is in the audit", gives=answers.Number
    ),
    "POST conversations/{id}/follow_up/write": _op(
        "Send the message that is due, now", "409 no_follow_up out_of_reach", gives=answers.Changed
    ),
    "POST conversations/{id}/follow_up/done": _op(
        "It is done", _NO_FOLLOW_UP, gives=answers.Changed
    ),
    "POST conversations/{id}/follow_up/cancel": _op(
        "Let it be", _NO_FOLLOW_UP, gives=answers.Changed
    ),
    "POST conversations/{id}/follow_up/confirm": _op(
        "The person said that it is they", _NO_FOLLOW_UP, gives=answers.Changed
    ),
    "GET conversations/{id}/earlier": _op(
        "The same contact's earlier ones; each look is in the audit", gives=answers.Earlier
    ),
    "POST conversations/{id}/notes": _op(
        "A note for colleagues", _WORDS, _NOT_OWNER, takes=bodies.NewNote, gives=answers.Passed
    ),
    "POST conversations/{id}/offer": _op(
        "Ask a colleague to take over within two minutes",
        _WORDS,
        "409 not_owner not_there",
        takes=bodies.NewOffer,
        gives=answers.Passed,
    ),
    "POST conversations/{id}/withdraw": _op("Keep it after all", _NO_OFFER, gives=answers.Passed),
    "POST conversations/{id}/accept": _op("Take over", _NO_OFFER, gives=answers.Passed),
    "POST conversations/{id}/decline": _op("Do not", _NO_OFFER, gives=answers.Passed),
    "POST conversations/{id}/hand_back": _op(
        "Back to the head of the queue",
        _WORDS,
        _NOT_OWNER,
        takes=bodies.HandBack,
        gives=answers.Passed,
    ),
    "POST conversations/{id}/to_bot": _op(
        "Let the bot go on; the summary stays as a note",
        _WORDS,
        "409 not_owner too_urgent",
        takes=bodies.ToBot,
        gives=answers.Passed,
    ),
    "POST conversations/{id}/reopen": _op(
        "Take a closing back, within 30 s", "409 too_late", gives=answers.Passed
    ),
    "GET conversations/{id}/files/{attachment}": _op(
        "A file that was sent; each look is in the audit", "206", "416", gives=ANYTHING
    ),
    "GET conversations/{id}/orientations": _op(
        "What fits, and what was suggested", gives=answers.Orientations
    ),
    "POST conversations/{id}/orientations": _op(
        "Direct the person to a service",
        _NOT_OWNER,
        takes=bodies.Suggest,
        gives=answers.Suggested,
    ),
    "POST conversations/{id}/orientations/agreement": _op(
        "Note what the person said to it",
        _NOT_OWNER,
        takes=bodies.Agreement,
        gives=answers.Agreed,
    ),
    "GET conversations/{id}/alongside": _op(
        "Read along; no use of the session", gives=shapes.Detail, after=r"^[0-9]{1,12}$"
    ),
    "POST conversations/{id}/alongside": _op(
        "Ask a colleague to read along",
        "409 not_there not_owner",
        takes=bodies.To,
        gives=answers.Changed,
    ),
    "POST conversations/{id}/alongside/leave": _op(
        "Read no more", _NOT_OWNER, gives=answers.Changed
    ),
    "POST conversations/{id}/typing": _op("The holder is writing"),
    "POST conversations/{id}/needs": _op(
        "Say what it asks for", _NOT_OWNER, takes=bodies.Needs, gives=answers.Changed
    ),
    "POST search": _op(
        "Look for words in one's own conversations", takes=bodies.Sought, gives=answers.Hits
    ),
    "GET replies": _op("Prepared replies", gives=answers.Replies),
    "GET tags": _op("What may be said of one that ends", gives=answers.Tags),
    "GET colleagues": _op("Who is there", gives=answers.Colleagues),
    "POST availability": _op(
        "Say what one does now", takes=bodies.Availability, gives=answers.Available
    ),
    "GET directory": _op("Services that people are directed to", gives=answers.Directory),
    "GET socket": _op("The live side: a WebSocket; see `x-websocket`"),
}
_SUPERVISION = {
    "GET board": _op("The desk at a glance; no use of the session", gives=answers.Board),
    "POST board/{id}/assign": _op(
        "Give a conversation to a listener",
        "409 not_there moved_on",
        takes=bodies.To,
        gives=answers.BoardChanged,
    ),
    "POST board/{id}/take_back": _op(
        "Back to the head of the queue", "409 moved_on", gives=answers.BoardChanged
    ),
    "POST board/{id}/look": _op(
        "Read a conversation, once the reason stands in the audit",
        "400 reason_required",
        takes=bodies.Look,
        gives=shapes.Detail,
    ),
    "POST board/{id}/whisper": _op(
        "A note for who holds it",
        "409 moved_on",
        takes=bodies.NewNote,
        gives=answers.BoardChanged,
    ),
    "GET figures": _op(
        "The figures of a period", "400 bad_period", gives=answers.Report, period=_PERIOD
    ),
    "GET figures.csv": _op("The same as CSV", "400 bad_period", gives=CSV, period=_PERIOD),
    "GET figures.pdf": _op("The same as PDF", "400 bad_period", gives=PDF, period=_PERIOD),
    "GET figures/errors.csv": _op(
        "What listeners found misread", "400 bad_period", gives=CSV, period=_PERIOD
    ),
    "GET skills": _op("What everybody can do", gives=answers.Team),
    "POST skills/{id}": _op("What somebody can do", takes=bodies.Abilities, gives=answers.Able),
    "GET service/{name}": _op("A paper of the service", gives=answers.Paper),
    "POST service/{name}": _op(
        "Write its next version",
        "400 refused",
        "409 edited_meanwhile",
        takes=bodies.NewPaper,
        gives=answers.Paper,
    ),
    "GET service/{name}/history": _op("Its versions", gives=answers.Papers),
}
_PUT_ASIDE = {
    "POST conversations/{id}/files/{attachment}/quarantine": _op(
        "Put an intimate image of a minor aside", _NOW, gives=answers.Slip
    ),
    "GET quarantine": _op("What waits for a second person", gives=answers.Slips),
    "GET quarantine/{attachment}": _op("What is known of it", gives=answers.Slip),
    "POST quarantine/{attachment}/ask": _op(
        "Ask to look", _NOW, takes=bodies.Reasoned, gives=answers.Slip
    ),
    "POST quarantine/{attachment}/agree": _op("The second person's yes", _NOW, gives=answers.Slip),
    "POST quarantine/{attachment}/look": _op("Look, once", _NOW, gives=ANYTHING),
    "POST quarantine/{attachment}/destroy": _op("Destroy it now", _NOW, gives=answers.Slip),
}
_SIGNALEMENTS = {
    "GET signalements/catalogue": _op("Platforms and law", gives=answers.Catalogue),
    "GET signalements": _op("Dossiers", gives=answers.Cases),
    "GET signalements/todo": _op("How much waits for somebody", gives=answers.CasesTodo),
    "POST conversations/{id}/signalement": _op(
        "Open its dossier", _NOW, takes=bodies.OpenDossier, gives=answers.Dossier
    ),
    "POST board/{id}/preserve": _op(
        "Copy it whole into a held dossier", _NOW, takes=bodies.Explained, gives=answers.Dossier
    ),
    "GET signalements/{case}": _op("One dossier", gives=answers.Dossier),
    "PUT signalements/{case}": _op(
        "Edit it whole", _NOW, takes=bodies.EditDossier, gives=answers.Dossier
    ),
    "POST signalements/{case}/captures": _op(
        "Add a picture: PNG, JPEG or WebP",
        "400 bad_request not_a_picture",
        _NOW,
        takes=ANYTHING,
        gives=answers.Dossier,
        taken_at=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$",
    ),
    "POST signalements/{case}/captures/copy": _op(
        "Add a file of the conversation",
        "400 not_a_picture",
        _NOW,
        takes=bodies.Copy,
        gives=answers.Dossier,
    ),
    "GET signalements/{case}/captures/{capture}": _op("A picture of it", gives=ANYTHING),
    "POST signalements/{case}/captures/{capture}/hash-only": _op(
        "Keep only its hash", _NOW, gives=answers.Dossier
    ),
    "GET signalements/{case}/files/{file}": _op("A file of a copy for a judge", gives=ANYTHING),
    "POST signalements/{case}/files/{file}/hash-only": _op(
        "Keep only its hash", gives=answers.Dossier
    ),
    "GET signalements/{case}/notices/{notice}/pdf": _op("A notice as paper", _NOW, gives=PDF),
    "POST signalements/{case}/notices/{notice}/validate": _op(
        "A notice is complete", _NOW, _LACKS, gives=answers.Dossier
    ),
    "POST signalements/{case}/notices/{notice}/dispatch": _op(
        "Send it", _NOW, _LACKS, takes=bodies.Dispatch, gives=answers.Dossier
    ),
    "POST signalements/{case}/notices/{notice}/tell": _op(
        "Write to the person that there is news", _NOW, gives=answers.Dossier
    ),
    "POST signalements/{case}/notices/{notice}/{move}": _op(
        "What the platform answered, or a person found out",
        _NOW,
        _LACKS,
        takes=bodies.Move,
        gives=answers.Dossier,
    ),
    "GET signalements/{case}/export": _op("A dossier that proves itself", _NOW, gives=JSON_FILE),
    "GET signalements/{case}/authorities/{authority}": _op(
        "The text for an authority", gives=answers.Letter
    ),
    "POST signalements/{case}/escalate": _op(
        "It was passed on to an authority",
        _NOW,
        _LACKS,
        takes=bodies.Escalate,
        gives=answers.Dossier,
    ),
    "POST signalements/{case}/{move}": _op(
        "Hold it, release it, or a lawyer's word",
        _NOW,
        _LACKS,
        takes=bodies.Decide,
        gives=answers.Dossier,
    ),
    "POST signalements/{case}/destroy": _op("Destroy it", _NOW, takes=bodies.Explained),
}
# The document of all this, and the page of it.
_ITSELF = {
    "GET /console/openapi.json": _op("This document", gives=dict[str, Any]),
    "GET /console/reference": _op("This document for people", gives="text/html"),
}

PARTS: Mapping[str, Mapping[str, Operation]] = {
    "Entrance": _ENTRANCE,
    "Oneself": _ONESELF,
    "Accounts": _ACCOUNTS,
    "Desk": _DESK,
    "Supervision": _SUPERVISION,
    "Quarantine": _PUT_ASIDE,
    "Signalements": _SIGNALEMENTS,
    "This document": _ITSELF,
}


def _absolute(name: str) -> str:
    method, path = name.split(" ")
    return name if path.startswith("/") else f"{method} {API}/{path}"


OPERATIONS: Mapping[str, Operation] = {
    _absolute(name): one for part in PARTS.values() for name, one in part.items()
}
