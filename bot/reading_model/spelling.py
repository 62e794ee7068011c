"""Smooth the spelling of French as it is typed on phones, word by word; offsets stay the message's.

A bad substitution can cost a feature, never a word: only what is counted is smoothed.
"""

from __future__ import annotations

import re
import unicodedata

# A word (with digits: "2m1", "k1"), or any one sign that is neither space nor plain punctuation.
TOKEN = re.compile(r"[^\W_]+|[^\w\s.,;:!?…'’\"«»()\[\]{}\-–—_/\\]", re.UNICODE)
_REPEATED = re.compile(r"(.)\1{2,}")

# Whole words only, and only where the short form has one reading.
_SMS = {
    "jsuis": "je suis",
    "jsui": "je suis",
    "chui": "je suis",
    "chuis": "je suis",
    "jss": "je suis",
    "jai": "j ai",
    "jé": "j ai",
    "g": "j ai",
    "jvais": "je vais",
    "jv": "je vais",
    "jvé": "je vais",
    "jpp": "j en peux plus",
    "jsp": "je sais pas",
    "jsé": "je sais",
    "jveux": "je veux",
    "jveu": "je veux",
    "jpeux": "je peux",
    "jpeu": "je peux",
    "ya": "il y a",
    "tkt": "t inquiete",
    "mtn": "maintenant",
    "mnt": "maintenant",
    "pk": "pourquoi",
    "pq": "pourquoi",
    "pcq": "parce que",
    "psk": "parce que",
    "paske": "parce que",
    "pcque": "parce que",
    "qd": "quand",
    "kan": "quand",
    "kand": "quand",
    "ki": "qui",
    "ke": "que",
    "kil": "qu il",
    "koi": "quoi",
    "qq": "quelque",
    "qqn": "quelqu un",
    "qqun": "quelqu un",
    "kelkun": "quelqu un",
    "qlq": "quelque",
    "qqch": "quelque chose",
    "tt": "tout",
    "ts": "tous",
    "tlm": "tout le monde",
    "bcp": "beaucoup",
    "slt": "salut",
    "bjr": "bonjour",
    "bsr": "bonsoir",
    "cc": "coucou",
    "stp": "s il te plait",
    "svp": "s il vous plait",
    "mdp": "mot de passe",
    "msg": "message",
    "msgs": "messages",
    "mess": "message",
    "tel": "telephone",
    "ptn": "putain",
    "mm": "meme",
    "ms": "mais",
    "ac": "avec",
    "av": "avec",
    "dc": "donc",
    "ds": "dans",
    "ss": "suis",
    "vs": "vous",
    "ns": "nous",
    "cmt": "comment",
    "cmnt": "comment",
    "pr": "pour",
    "ct": "c etait",
    "cv": "ca va",
    "sa": "ca",
    "c": "c est",
    "ces": "c est",
    "d": "des",
    "p": "pas",
    "pa": "pas",
    "pu": "plus",
    "plu": "plus",
    "frr": "frere",
    "reuf": "frere",
    "reum": "mere",
    "daronne": "mere",
    "darone": "mere",
    "daron": "pere",
    "reup": "pere",
    "meuf": "fille",
    "keum": "garcon",
    "mec": "garcon",
    "gadjo": "garcon",
    "gadji": "fille",
    "relou": "lourd",
    "teuf": "fete",
    "ouf": "fou",
    "chelou": "louche",
    "snap": "snapchat",
    "insta": "instagram",
    "wapp": "whatsapp",
    "wp": "whatsapp",
    "fb": "facebook",
    "msn": "messenger",
    "mp": "message",
    "dm": "message",
    "bb": "bebe",
    "auj": "aujourd hui",
    "ajd": "aujourd hui",
    "dmn": "demain",
    "tjrs": "toujours",
    "tjr": "toujours",
    "tjs": "toujours",
    "jms": "jamais",
    "rdv": "rendez vous",
}


def smooth(word: str) -> str:
    """Lower case, no accent, no letter more than twice in a row, common SMS forms spelled out."""
    folded = unicodedata.normalize("NFKC", word).lower()
    if folded in _SMS:
        return _SMS[folded]
    plain = folded
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFD", folded)
        plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    plain = _REPEATED.sub(r"\1\1", plain)
    return _SMS.get(plain, plain)
