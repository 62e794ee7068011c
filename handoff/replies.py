"""Prepared replies: what listeners may insert into what they write, in *tu* and in *vous*.

Data that supervisors edit. A reply holds two variables at most, filled when it is inserted; a brace
that is none of them would reach a person as it stands, and is refused. Nothing here sends anything.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from core.labels import Address, Issue
from handoff.papers import PaperRefused

SOURCE = Path(__file__).with_name("replies.yml")
# A reply is a beginning, not a letter: it is read on a phone, by somebody who is afraid.
LONGEST = 600
MOST = 200
# The listener's first name, and what the service calls itself.
VARIABLES = frozenset({"prenom", "service"})

_VARIABLE = re.compile(r"\{([^{}]*)\}")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Reply(BaseModel):
    """One reply. Those of a conversation's `issues` come first; none: it fits all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
    name: Name
    text: Mapping[Address, Text]
    issues: tuple[Issue, ...] = ()


class Replies(BaseModel):
    """All replies, in the order of the menu. `service` is what `{service}` becomes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: Name
    replies: Annotated[tuple[Reply, ...], Field(max_length=MOST)]


@lru_cache(1)
def first_replies() -> Mapping[str, Any]:
    """The replies as they are delivered."""
    return cast("Mapping[str, Any]", yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


def checked_replies(body: object) -> Replies:
    """The replies of a paper. Raises PaperRefused, which names the reply."""
    try:
        read = Replies.model_validate(body)
    except ValidationError as error:
        raise PaperRefused(_sentence(body, error)) from None
    seen: set[str] = set()
    for reply in read.replies:
        if reply.id in seen:
            raise PaperRefused(f"{reply.name} : cet identifiant sert déjà.")
        seen.add(reply.id)
        if set(reply.text) != set(Address):
            raise PaperRefused(f"{reply.name} : il faut un texte en « tu » et un en « vous ».")
        for text in reply.text.values():
            _check_braces(reply.name, text)
    return read


def _check_braces(name: str, text: str) -> None:
    if unknown := set(_VARIABLE.findall(text)) - VARIABLES:
        wrong = min(unknown)
        raise PaperRefused(f"{name} : {{{wrong}}} n’existe pas. Il y a {{prenom}} et {{service}}.")
    if set("{}") & set(_VARIABLE.sub("", text)):
        raise PaperRefused(f"{name} : une accolade est restée ouverte.")


def _sentence(body: object, error: ValidationError) -> str:
    """What is wrong first, and where: the name of the reply as it was typed, if it has one."""
    place = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
    if place[:1] == ("service",):
        return "Il manque le nom du service, ou il dépasse 60 caractères."
    match place:
        case ("replies", int(index), *field):
            where = _name_at(body, index)
            if field[:1] == ["text"]:
                return f"{where} : un texte manque ou dépasse {LONGEST} caractères."
            if field == ["id"]:
                return f"{where} : l’identifiant s’écrit en lettres minuscules, sans accent."
            if field == ["name"]:
                return f"{where} : le nom manque ou dépasse 60 caractères."
            return f"{where} : forme inattendue."
        case ("replies",):
            return f"Les réponses sont plus de {MOST}, ou n’ont pas la forme attendue."
    return "Forme inattendue."


def _name_at(body: object, index: int) -> str:
    match body:
        case {"replies": [*replies]} if index < len(replies):
            match replies[index]:
                case {"name": str(name)} if name.strip():
                    return name.strip()[:60]
    return f"Réponse n° {index + 1}"
