"""Where somebody writes from, as far as they say so or their number tells: for the numbers abroad.

Country codes are those of ITU-T E.164, Québec's area codes those of the North American plan. Only
WhatsApp's addresses are numbers. A number tells where a telephone is from, not where its owner is:
it puts the helplines of that country first and takes none of ours away. Nothing else is asked, and
never an internet address: that would place people who did not say where they are.
"""

from core.assessment import Assessment
from core.directory import HOME

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

_BY_CODE = {"32": "BE", "41": "CH", "352": "LU"}
# The other countries of the European network of helplines.
_EUROPE = (
    "30", "31", "34", "351", "353", "354", "356", "357", "358", "359", "36", "370", "371", "372",
    "385", "386", "39", "40", "420", "421", "43", "44", "45", "46", "47", "48", "49",
)  # fmt: skip
_QUEBEC = (
    "263", "354", "367", "418", "438", "450", "468", "514", "579", "581", "819", "873",
)  # fmt: skip


def region_of(channel: str, address: str) -> str:
    """The region of the directory (`core.directory`) that an address belongs to; France where it
    does not tell."""
    if channel != "whatsapp" or not address.isdigit():
        return HOME
    if address.startswith("1"):
        return "CA-QC" if address[1:4] in _QUEBEC else HOME
    named = next((region for code, region in _BY_CODE.items() if address.startswith(code)), None)
    return named or ("EU" if address.startswith(_EUROPE) else HOME)


def region_told(assessment: Assessment, number: str = HOME) -> str:
    """The region that the person is in: the one they say, else that of their `number`."""
    said = next((fact.value for fact in assessment.facts if fact.name == SAID), None)
    return said or number


def numbers_abroad(region: str) -> str | None:
    """The sentence with the numbers of a danger there; None at home, and where we know none."""
    return _IN_DANGER.get(region)
