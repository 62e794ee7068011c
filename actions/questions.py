"""Questions people ask back, and the sentence that answers each. Pure functions.

`asked` is sure of itself, so it may be used on the answer to a question of ours; `answer` always
has something to say and is for messages already known to be a question about the service.
"""

from __future__ import annotations

import re

from actions.facts import plain

_PARENTS = r"(?:parents?|mere|pere|maman|papa|daronn?e?s?|famille)"
_IMAGE = r"(?:photos?|fotos?|tofs?|videos?|nudes?|images?)"
_SEND = r"(?:envoi|envoy|montr|partag|transf)\w*"
_WHY = r"(?:pk|pq|prk|pkoi|pourquoi|pourkoi|pourqoi)"

_SURE = (
    ("faq_photo", re.compile(
        rf"(?:\b(?:te|t|vous|vs|jte|jvous) |\bj?t){_SEND} .{{0,20}}\b{_IMAGE}\b"
        rf"|\b(?:tu veux|vous voulez|vs voulez) que j.{{0,6}}{_SEND} .{{0,20}}\b{_IMAGE}\b")),
    ("faq_parents", re.compile(
        rf"\b{_PARENTS}\b.{{0,15}}\b(?:vont|von|va|doivent|peuvent)\b.{{0,12}}"
        r"\b(?:savoir|apprendre|prevenue?s?|courant)\b"
        r"|\b(?:tu|vous|vs)\b.{0,15}\b(?:dire|dites|prevenir|prevenez|appeler|appelez|contacter"
        rf"|informez|raconter|parler)\b.{{0,6}}\b(?:a |les |mes |ma |mon |aux )+{_PARENTS}\b")),
    ("faq_why", re.compile(
        rf"^{_WHY}$|\b{_WHY}\b.{{0,20}}\b(?:demand\w*|questions?|savoir|poses?|posez)\b"
        r"|\ba quoi (?:ca|sa|cela) (?:te |vous )?sert\b|\b(?:ca|sa) change quoi\b"
        r"|\ben quoi (?:ca|sa|cela) (?:te|vous) (?:regarde|concerne)\b|\bpour quoi faire\b")),
    ("faq_wait", re.compile(
        r"\bcombien de (?:temps|tps)\b|\bd attente\b|\bfaut (?:il )?attendre\b")),
    ("faq_free", re.compile(r"\bgratui\w*|\b(?:c est|est ce) payant\b|\bca coute\b")),
    ("faq_hours", re.compile(
        r"\bhoraires?\b|\bouver\w* .{0,12}\b(?:heures?|quand|kan|dimanche|nuit)\b"
        r"|\b(?:quelle|quel|kel|kelle) heure\b.{0,12}\b(?:ferm\w*|ouvr\w*)")),
    ("faq_anonymity", re.compile(r"\b(?:c|ce|c est|cest|est ce que c est) (?:anonym|confident)")),
    ("faq_robot", re.compile(
        r"\b(?:t es|tu es|tes|vous etes|parle a)\b.{0,12}\b(?:robot|bot|ia|vraie? personne)\b")),
)  # fmt: skip

# The first word found decides; what none names is answered in general.
_WORDS = (
    ("faq_photo", ("photo", "photos", "video", "capture", "image")),
    ("faq_parents", ("parents", "parent", "mere", "pere", "maman", "papa")),
    ("faq_anonymity", ("anonym", "confidentiel", "secret", "repete", "nom", "prenom", "police",
                       "enregistre", "gardez", "college", "lycee")),
    ("faq_wait", ("attendre", "attente", "temps", "tps")),
    ("faq_robot", ("robot", "bot", "humain", "vraie", "vrai", "ia", "machine", "automatique")),
    ("faq_hours", ("heure", "horaire", "ouvert", "ouver", "ferme", "nuit", "dimanche", "soir",
                   "quand")),
    ("faq_free", ("gratui", "payant", "payer", "coute", "prix", "cher")),
    ("faq_why", ("pourquoi", "pk", "pq", "regarde")),
)  # fmt: skip

_ASKS = re.compile(
    r"^(?:combien|comment|quand|quoi|est ce|qu est ce|kes|keske|c est quoi|c quoi|qui|ou|"
    rf"{_WHY})\b"
)


def asked(text: str) -> str | None:
    """The sentence that answers a question the words ask beyond doubt, else None."""
    said = plain(text)
    return next((sentence for sentence, form in _SURE if form.search(said)), None)


def answer(text: str) -> str:
    """The sentence that answers a question about the service."""
    sure = asked(text)
    if sure:
        return sure
    words = plain(text).split()
    for sentence, stems in _WORDS:
        if any(w == s or (len(s) > 3 and w.startswith(s)) for w in words for s in stems):
            return sentence
    return "faq_service"


def is_question(text: str) -> bool:
    """Whether the words ask something, whatever it is."""
    return "?" in text or bool(_ASKS.match(plain(text)))
