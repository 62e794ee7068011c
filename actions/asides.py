"""What is no problem and no answer, met in words: questions asked back, tests, insults, injections.

Pure functions. An insult counts only where it is aimed at the bot: what others called the person
is their story.
"""

from __future__ import annotations

import re

from actions.facts import plain
from actions.questions import asked

_BOT = r"(?:bot|robot|ia|machine|ordi\w*|chatbot|programme|merde|con|conne|truc)"
_ASIDES = (
    ("it_works", re.compile(
        r"^(?:(?:ceci|c) est (?:un|juste un) |juste un |un |je )?(?:test\w*|essai)"
        r"(?: (?:\d+|test|du|le|service|bot|chat|svp|message|juste))*$"
        r"|^(?:(?:ca|sa) marche|ca fonctionne|allo|allo allo|y a du monde|tu m entends)$")),
    ("injection_met", re.compile(
        r"\b(?:ignore\w*|oublie\w*|neglige\w*|disregard|forget)(?: \w+){0,4}"
        r" (?:instructions?|consignes?|regles?|directives?|rules?|prompt)\b"
        r"|\b(?:prompt|system prompt|prompt systeme|jailbreak|developer mode|mode developpeur)\b"
        r"|\b(?:tu es|vous etes|you are) (?:maintenant|desormais|now)\b|\bdrop table\b"
        r"|\baffiche\w* (?:tes|ta|tes|vos) (?:instructions?|config\w*|consignes?)|\bscript alert\b"
        r"|\bfais comme si tu etais\b")),
    ("insult_met", re.compile(
        r"^(?:mais |oh |wesh )?(?:f?tg|ta gueule|ferme (?:la|ta gueule)|la ferme|fdp|ntm"
        r"|va te faire|vtf|casse toi|degage|niqu\w* (?:ta|toi)|nike (?:ta|toi)|connard"
        r"|connasse|encule)\b"
        rf"|^(?:sale|espece de|bouffon|stupide|putain de) (?:\w+ )?{_BOT}\b|\b{_BOT} de merde\b"
        r"|^(?:t es|tes|tu es|vous etes|t) (?:\w+ )?(?:nul(?:le)?|inutile|conn?e?|debile|bete"
        r"|naze|une merde|pourrie?|relou|chiante?)\b"
        r"|^tu (?:sers a rien|me soules?|me saoules?|pues)\b")),
)  # fmt: skip
_DISMISSED = re.compile(
    r"^(?:(?:nan?|non|bah|ben|bon|ok) )*(?:rien|c(?: est)? rien|c(?: est)? pas grave"
    r"|laisse(?: tomber)?|oublie|tant pis|peu importe)"
    r"(?: (?:laisse|tomber|rien|oublie|c(?: est)? pas grave|merci))*$"
)
# A longer message says more than that.
_AT_MOST = {"it_works": 6, "injection_met": 400, "insult_met": 9}


def met(text: str) -> str | None:
    """The sentence that meets a message which is no problem and no answer; None for all others."""
    sentence = asked(text)
    if sentence:
        return sentence
    said = plain(text[:2000])
    length = len(said.split())
    return next(
        (name for name, form in _ASIDES if length <= _AT_MOST[name] and form.search(said)), None
    )


def dismissed(text: str) -> bool:
    """Whether somebody takes back what they were about to say: "non rien, laisse"."""
    return bool(_DISMISSED.match(plain(text[:200])))
