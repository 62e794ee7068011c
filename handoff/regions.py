"""Where somebody writes from, as far as their number tells: for the helplines of other countries.

Country codes are those of ITU-T E.164, Québec's area codes those of the North American plan. Only
WhatsApp's addresses are numbers. A number tells where a telephone is from, not where its owner is:
it puts the helplines of that country first and takes none of ours away.
"""

from core.directory import HOME

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
