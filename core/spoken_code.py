"""A code said on the telephone: three easy words that join a call to a chat, so that nothing has to
be told twice.

The listener reads it out and the caller types it into the chat, on any channel. So nobody needs to
know of it beforehand, a badly heard word is put right at once, and there is a code only while a
listener is on the line. It lasts ten minutes, is good for one person, and ends after a few wrong
guesses. It is kept sealed with the call's ticket and goes with it.
"""

import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.ids import ContactId

LASTS = timedelta(minutes=10)
# Of a million codes: whoever guesses finds one of ten calls in five thousand tries, and has these.
WRONG_AT_MOST = 20
# Known to every child, short, of different sounds, and spelt as they are said, or nearly.
WORDS = tuple(
    (
        "arbre avion balle banane bateau biche bijou bisou bonbon bouche bougie bras "
        "brosse bulle cabane cadeau canard carotte cerise chaise chat cheval chien "
        "citron clé coq corde crabe crayon cube dent dragon drapeau école fille fleur "
        "flûte forêt fraise fusée gâteau glace gomme guitare hibou jardin jupe kiwi "
        "lait lampe lapin lion livre loup lune main maison melon miel moto mouche "
        "mouton nuage oiseau olive orange ours panda papier parc pilote pirate piano "
        "plage pluie poire pomme pont porte poule puce radis requin rideau robe robot "
        "rose sable salade sapin savon singe soleil tapis tigre tomate train vache"
    ).split()
)
_FILLERS = frozenset("le la les mon code mots c est voici je dois ecrire alors et".split())
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenCode:
    """`words` as they are said, with a space between. `used_by` is the one whom it joined."""

    words: str
    until: datetime
    wrong: int = 0
    used_by: ContactId | None = None

    def means(self, heard: str, contact_id: ContactId, *, now: datetime) -> bool:
        """Whether somebody typed it in time, and nobody else did before."""
        theirs = self.used_by in (None, contact_id)
        return theirs and self.stands(now) and hmac.compare_digest(_plain(self.words), heard)

    def stands(self, now: datetime) -> bool:
        """Whether it can still be typed."""
        return now < self.until and self.wrong < WRONG_AT_MOST

    def missed(self) -> "SpokenCode":
        """After a wrong guess."""
        return replace(self, wrong=self.wrong + 1)


def new_code(now: datetime) -> SpokenCode:
    """A code that nobody can foresee, of three different words."""
    words = secrets.SystemRandom().sample(WORDS, 3)
    return SpokenCode(words=" ".join(words), until=now + LASTS)


def heard_in(text: str) -> str | None:
    """The code that a message is, as `means` takes it; None for any other message.

    "Le code, c'est Lune - TAPIS rose !" is one; linear time, never raises.
    """
    if len(text) > _LONGEST:
        return None
    words = [word for word in _plain(text).split() if word not in _FILLERS]
    return " ".join(words) if len(words) == 3 and set(words) <= _KNOWN else None


def _plain(text: str) -> str:
    """Small letters without accents, one space between words."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(each for each in letters if not unicodedata.combining(each))
    return " ".join(re.findall(r"[a-z]+", bare))


_KNOWN = frozenset(_plain(word) for word in WORDS)
