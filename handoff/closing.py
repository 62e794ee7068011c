"""What a listener may say of a conversation that ends, besides its outcome: tags from a list.

Supervisors edit the list. A tag is a few plain words, counted in the figures long after a person's
words are gone: it names a kind of situation, never somebody.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from handoff.papers import PaperRefused

LONGEST = 40
MOST = 40

# No digit: neither an age nor a number to call belongs here.
Tag = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST, pattern=r"^[^\W\d_][^\d@<>{}]*$"),
]

FIRST_TAGS: Mapping[str, Any] = {
    "tags": [
        "établissement scolaire",
        "famille informée",
        "plainte envisagée",
        "plainte déposée",
        "à suivre par un juriste",
        "à suivre par un psychologue",
        "aide technique",
        "plusieurs victimes",
        "auteur connu de la victime",
        "récidive",
    ]
}


class Tags(BaseModel):
    """The tags, in the order in which they are offered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tags: Annotated[tuple[Tag, ...], Field(max_length=MOST)]

    def holds(self, chosen: Sequence[str]) -> bool:
        """Whether each of the chosen ones is in the list."""
        return set(chosen) <= set(self.tags)


def checked_tags(body: object) -> Tags:
    """The tags of a paper. Raises PaperRefused."""
    try:
        read = Tags.model_validate(body)
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False, include_context=False)[0]
        match place["loc"]:
            case ("tags", int(index)):
                raise PaperRefused(
                    f"Étiquette n° {index + 1} : des mots simples, sans chiffre, "
                    f"{LONGEST} signes au plus."
                ) from None
        raise PaperRefused(f"Une liste de {MOST} étiquettes au plus.") from None
    folded = [tag.casefold() for tag in read.tags]
    if len(set(folded)) < len(folded):
        raise PaperRefused("Deux étiquettes sont les mêmes.")
    return read
