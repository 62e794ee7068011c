"""Which channels take new conversations: a supervisor may shut one when the team cannot keep up.

People may always write, danger is always read and always waits for a human; who begins on a shut
channel is told the truth, that the team does not answer there now.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from handoff.papers import PaperRefused

ALL_OPEN: Mapping[str, Any] = {"shut": []}


class Intake(BaseModel):
    """The channels that are shut."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shut: frozenset[Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}$")]] = frozenset()


def checked_intake(body: object) -> Intake:
    """The intake of a paper. Raises PaperRefused."""
    try:
        return Intake.model_validate(body)
    except ValidationError:
        raise PaperRefused("Forme inattendue.") from None
