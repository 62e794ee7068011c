"""The parts of sentences that depend on whether anybody is there: never "soon" when it is not so.

Sentences of the catalogue have holes for them: `{team}` (what becomes of who wants a human),
`{relay}` (that one can be had), `{alert}` (who learns of a danger), `{waiting}` (how long it
takes), `{hours}` and `{opening}`.
"""

from collections.abc import Mapping
from datetime import datetime

from core import spoken
from core.directory import HOME
from core.hours import Phase
from core.labels import Address
from core.ports import Phrasebook
from core.prospects import Prospect

_TEAM_AWAY = {
    Phase.CLOSING: "team_leaves",
    Phase.BEFORE: "team_before",
    Phase.CLOSED: "team_closed",
}


def told_of(
    prospect: Prospect, now: datetime, phrases: Phrasebook, address: Address, region: str = HOME
) -> Mapping[str, str]:
    """What fills the holes at `now`, by the clock of the person's region."""
    opening, wait = prospect.opening, prospect.wait
    shuts, opens = (opening.until, opening.then) if opening.is_open else (None, opening.until)
    values = {
        "closing": spoken.time_in(region, shuts) if shuts else "",
        "opening": spoken.moment_in(region, opens, now=now),
        "wait": spoken.duration(wait) if wait else "",
    }
    away = _TEAM_AWAY.get(opening.phase)
    if prospect.unattended:
        away = "team_elsewhere"
    elif prospect.deserted:
        away = "team_absent"
    if opening.is_open:
        alert, hours = "alert_team", "hours_open" if shuts else "hours_always"
    else:
        alert, hours = "alert_on_call", _TEAM_AWAY[opening.phase]
    if prospect.deserted:
        alert = "alert_away"
    if alert != "alert_team" and not prospect.on_call:
        alert = "alert_nobody"
    if prospect.unattended:
        hours = "team_elsewhere"
    holes = {
        "team": away or ("team_wait" if wait else "team_comes"),
        "relay": away or "relay_any_time",
        "alert": alert,
        "waiting": away or ("waiting_known" if wait else "waiting_unknown"),
        "hours": hours,
    }
    told = {hole: phrases.say(each, address, values).text for hole, each in holes.items()}
    return {**told, "opening": values["opening"]}
