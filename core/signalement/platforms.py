"""The platforms a signalement can go to, read from `platforms.yml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from core.signalement.case import ContentKind

_FILE = Path(__file__).with_name("platforms.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One more thing that a platform asks for."""

    label: str
    required: bool = False
    pattern: str = ".{1,300}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform. `content` holds, for each kind, what the path of an exact address looks like,
    empty where there is none; `hosts` is empty for "any other site". Times are in hours.

    `queries`: by the form of a path, the parameters without which it names nothing, each with the
    form of its value. `reserved`: words that alone are a page of the site, and nobody's name.
    `shortened`: the form of paths that only lead on to another address.
    """

    id: str
    name: str
    hosts: tuple[str, ...]
    handle: str
    content: Mapping[ContentKind, str]
    categories: Mapping[str, str]
    deadline: int
    remind_every: int
    form: str | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    queries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()
    shortened: str | None = None

    @property
    def patience(self) -> timedelta:
        """How long until content should be gone."""
        return timedelta(hours=self.deadline)

    @property
    def reminding(self) -> timedelta:
        """How long between two reminders, once that time is over."""
        return timedelta(hours=self.remind_every)

    def owns(self, host: str) -> bool:
        """Whether a host is the platform's, or under it."""
        return any(host == own or host.endswith(f".{own}") for own in self.hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """All platforms by id, and the hosts that hide where a link leads."""

    platforms: Mapping[str, Platform]
    shorteners: frozenset[str]

    def owner(self, host: str) -> Platform | None:
        """The platform whose host this is."""
        return next((one for one in self.platforms.values() if one.owns(host)), None)


@cache
def directory() -> Directory:
    """What the file says. Raises ValueError or re.error where it is wrong."""
    document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    read = TypeAdapter(tuple[Platform, ...]).validate_python(document["platforms"])
    for one in read:
        asked = (form for keys in one.queries.values() for form in keys.values())
        for pattern in (one.handle, *one.content.values(), *one.queries, *asked):
            re.compile(pattern)
        re.compile(one.shortened or "")
    return Directory(
        platforms={one.id: one for one in read}, shorteners=frozenset(document["shorteners"])
    )
