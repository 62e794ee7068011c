"""What a listener may change in a dossier, as the console sends it: typed and bounded."""

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter
from pydantic.dataclasses import dataclass

from core.labels import AgeBand
from core.signalement.case import Case, ConsentGiver, ContentKind, Notice, Target, Visibility
from core.signalement.checks import CAPTURES, QUOTES, TARGETS

_Name = Annotated[str, StringConstraints(max_length=80)]
_Line = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)]
# Longer than any address that is taken, so that the check can say why it is not.
_Url = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True)]
_Answer = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
_Names = Annotated[tuple[_Name, ...], Field(max_length=100)]
NOTICES = 20
_strict = dataclass(frozen=True, kw_only=True, config={"extra": "forbid"})


@_strict
class Pick:
    """A message picked as evidence, by its number."""

    seq: int
    proves: _Names = ()


@_strict
class CaptureEdit:
    """What is said about a capture."""

    id: _Name
    taken_at: AwareDatetime | None = None
    caption: _Line = ""
    intimate: bool | None = None
    proves: _Names = ()


@_strict
class TargetEdit:
    """One thing to be removed."""

    kind: ContentKind
    url: _Url = ""
    handle: _Line = ""
    visibility: Visibility = Visibility.PUBLIC


@_strict
class NoticeEdit:
    """A notice; one without an id of the case is new."""

    id: _Name | None = None
    platform: _Name = ""
    category: _Name = ""
    targets: Annotated[tuple[TargetEdit, ...], Field(max_length=TARGETS)] = ()
    details: Annotated[Mapping[_Name, _Line], Field(max_length=20)] = Field(default_factory=dict)

    def applied(self, case: Case, fresh: Callable[[], str]) -> Notice:
        """The notice as it would be."""
        known = case.notice(self.id) if self.id else None
        targets = tuple(
            Target(kind=one.kind, url=one.url, handle=one.handle, visibility=one.visibility)
            for one in self.targets
        )
        return Notice(
            id=known.id if known else fresh(),
            platform=self.platform,
            category=self.category,
            targets=targets,
            details=dict(self.details),
        )


@_strict
class Edit:
    """The whole of what can be edited; what is left out is empty."""

    qualifications: _Names = ()
    victim_age: int | None = None
    victim_band: AgeBand | None = None
    explanation: Annotated[str, StringConstraints(max_length=20_000)] = ""
    told: _Names = ()
    consent: ConsentGiver | None = None
    good_faith: bool = False
    tell: bool = False
    quotes: Annotated[tuple[Pick, ...], Field(max_length=QUOTES)] = ()
    captures: Annotated[tuple[CaptureEdit, ...], Field(max_length=CAPTURES)] = ()
    notices: Annotated[tuple[NoticeEdit, ...], Field(max_length=NOTICES)] = ()
    letters: Annotated[
        Mapping[_Name, Annotated[Mapping[_Name, _Answer], Field(max_length=20)]],
        Field(max_length=10),
    ] = Field(default_factory=dict)


EDIT = TypeAdapter(Edit)
