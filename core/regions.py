"""Where somebody writes from, as far as they say so or their number tells: for the numbers abroad.

Country codes are those of ITU-T E.164, Québec's area codes those of the North American plan. Only
WhatsApp's addresses are numbers. A number tells where a telephone is from, not where its owner is:
it puts the helplines of that country first and takes none of ours away. Nothing else is asked, and
never an internet address: that would place people who did not say where they are.
"""

from zoneinfo import ZoneInfo

from core.assessment import Assessment
from core.directory import HOME
from core.hours import PARIS

#: The fact that holds the region in which a person says that they are.
SAID = "region"
# What is said beside our own numbers, in danger: the catalogue's ids.
_IN_DANGER = {
    "BE": "danger_abroad_be",
    "CH": "danger_abroad_ch",
    "LU": "danger_abroad_lu",
    "CA-QC": "danger_abroad_qc",
    "EU": "danger_abroad_eu",
}

# Overseas France is home: our numbers and services are theirs. Its clocks are its own.
_CLOCKS = {
    "GP": ("America/Guadeloupe", "en Guadeloupe"),
    "MQ": ("America/Martinique", "en Martinique"),
    "GF": ("America/Cayenne", "en Guyane"),
    "PM": ("America/Miquelon", "à Saint-Pierre-et-Miquelon"),
    "RE": ("Indian/Reunion", "à La Réunion"),
    "YT": ("Indian/Mayotte", "à Mayotte"),
    "NC": ("Pacific/Noumea", "en Nouvelle-Calédonie"),
    "PF": ("Pacific/Tahiti", "en Polynésie"),
    "WF": ("Pacific/Wallis", "à Wallis-et-Futuna"),
    "CA-QC": ("America/Toronto", "au Québec"),
}
# Réunion and Mayotte share a code, and are told apart by what follows.
_OVERSEAS = {
    "262269": "YT", "262639": "YT", "262": "RE", "590": "GP", "594": "GF", "596": "MQ", "508": "PM",
    "687": "NC", "689": "PF", "681": "WF",
}  # fmt: skip
# The same as they are dialled at home, without their code.
_DIALLED = {
    "0262": "RE", "0692": "RE", "0693": "RE", "0269": "YT", "0639": "YT", "0590": "GP",
    "0690": "GP", "0691": "GP", "0594": "GF", "0694": "GF", "0596": "MQ", "0696": "MQ",
    "0697": "MQ",
}  # fmt: skip

_BY_CODE = {"32": "BE", "41": "CH", "352": "LU", **_OVERSEAS}
# The other countries of the European network of helplines.
_EUROPE = (
    "30", "31", "34", "351", "353", "354", "356", "357", "358", "359", "36", "370", "371", "372",
    "385", "386", "39", "40", "420", "421", "43", "44", "45", "46", "47", "48", "49",
)  # fmt: skip
_QUEBEC = (
    "263", "354", "367", "418", "438", "450", "468", "514", "579", "581", "819", "873",
)  # fmt: skip


def region_of(channel: str, address: str) -> str:
    """The region of the directory (`core.directory`) that an address belongs to, or the part of
    France with a clock of its own; France where it does not tell."""
    if channel != "whatsapp" or not address.isdigit():
        return HOME
    return _of_code(address)


def region_of_number(number: str) -> str:
    """The same of a telephone number that somebody gave, with its plus or as dialled in France."""
    if number.startswith("+"):
        return _of_code(number[1:])
    return _DIALLED.get(number[:4], HOME)


def _of_code(number: str) -> str:
    if number.startswith("1"):
        return "CA-QC" if number[1:4] in _QUEBEC else HOME
    named = next((region for code, region in _BY_CODE.items() if number.startswith(code)), None)
    return named or ("EU" if number.startswith(_EUROPE) else HOME)


def clock_of(region: str) -> ZoneInfo:
    """The clock that people look at there; that of Paris where it is not known to be another."""
    known = _CLOCKS.get(region)
    return ZoneInfo(known[0]) if known else PARIS


def clock_place(region: str) -> str | None:
    """Where a clock of its own is, in French: "à La Réunion"; None where it is that of Paris."""
    known = _CLOCKS.get(region)
    return known[1] if known else None


def region_told(assessment: Assessment, number: str = HOME) -> str:
    """The region that the person is in: the one they say, else that of their `number`."""
    said = next((fact.value for fact in assessment.facts if fact.name == SAID), None)
    return said or number


def numbers_abroad(region: str) -> str | None:
    """The sentence with the numbers of a danger there; None at home, and where we know none."""
    return _IN_DANGER.get(region)
