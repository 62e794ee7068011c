"""Moments and durations as French says them: "demain à 9 h", "entre 5 et 15 minutes"."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.hours import PARIS
from core.prospects import Wait
from core.regions import clock_of, clock_place

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


def time_of_day(moment: datetime, clock: ZoneInfo = PARIS) -> str:
    """ "9 h", "9 h 30", "minuit", in the time of Paris or of another clock."""
    local = moment.astimezone(clock)
    if (local.hour, local.minute) == (0, 0):
        return "minuit"
    return f"{local.hour} h {local.minute:02}" if local.minute else f"{local.hour} h"


def moment_from(moment: datetime | None, *, now: datetime, clock: ZoneInfo = PARIS) -> str:
    """When something happens, told at `now`: "aujourd’hui à 9 h", "lundi à 9 h". None: unknown."""
    if moment is None:
        return "plus tard"
    local, today = moment.astimezone(clock), now.astimezone(clock).date()
    days = (local.date() - today).days
    if days == 0:
        day = "aujourd’hui"
    elif days == 1:
        day = "demain"
    elif days < 7:
        day = _DAYS[local.weekday()]
    else:
        first = "er" if local.day == 1 else ""
        day = f"le {local.day}{first} {_MONTHS[local.month - 1]}"
    return f"{day} à {time_of_day(moment, clock)}"


def time_in(region: str, moment: datetime) -> str:
    """The time of day by the clock of a region (`core.regions`), which is named where it is not
    that of Paris: "18 h (à La Réunion)"."""
    return _placed(time_of_day(moment, clock_of(region)), region)


def moment_in(region: str, moment: datetime | None, *, now: datetime) -> str:
    """When something happens, by the clock of a region, named likewise."""
    when = moment_from(moment, now=now, clock=clock_of(region))
    return when if moment is None else _placed(when, region)


def _placed(when: str, region: str) -> str:
    place = clock_place(region)
    return f"{when} ({place})" if place else when


def duration(wait: Wait) -> str:
    """A range of waiting: "moins de 5 minutes", "entre 15 minutes et 1 heure"."""
    if wait.most is None:
        return f"plus {_than(wait.least)}"
    if wait.least == 0:
        return f"moins {_than(wait.most)}"
    if wait.most <= 30:
        return f"entre {wait.least} et {wait.most} minutes"
    return f"entre {_minutes(wait.least)} et {_minutes(wait.most)}"


def _than(count: int) -> str:
    return "d’une heure" if count == 60 else f"de {_minutes(count)}"


def _minutes(count: int) -> str:
    if count < 60:
        return f"{count} minutes"
    return "1 heure" if count == 60 else f"{count // 60} heures"
