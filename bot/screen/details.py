"""The circumstances a message states in clear words: author, duration, demand, deadline, evidence.

They spare the person a question and fill the hand-off card. What is only hinted at is left out, and
so is what is denied: a wrong detail costs more than a missing one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Detail(NamedTuple):
    """A fact, and where its words stand in the text without punctuation."""

    name: str
    value: str
    start: int
    end: int


_COUNT = (
    r"(?:\d+|une?|deux|trois|quatre|cinq|six|sept|huit|dix|onze|douze|quinze|vingt|quelques|qq"
    r"|plusieurs|des|pas mal de)"
)
_SPAN = r"(?:minutes?|min|heures?|h|jours?|jrs?|nuits?|soirs?|semaines?|sem|smn|mois|ans?|annees?)"
_DAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_MONTH = (
    r"(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|noel"
    r"|halloween|paques|la toussaint)"
)
_SINCE = re.compile(
    r"\b(?:depuis|depui|dpuis|dpui|dps|ca fait|sa fait|cela fait) (?:environ |presque |plus de "
    r"|au moins "
    rf"|deja |bientot )?(?:{_COUNT} {_SPAN}(?! de retard)\b|(?:avant )?hier(?: soir| matin)?\b"
    rf"|{_DAY}(?: dernier| soir)?\b|{_MONTH}\b|la rentree\b|(?:tres |si )?longtemps\b|toujours\b"
    r"|ce matin\b|cette nuit\b|(?:le debut|la fin) (?:de l annee|du mois|des vacances)\b"
    r"|l annee derniere\b|l ete(?: dernier)?\b|(?:la )?(?:cp|ce1|ce2|cm1|cm2|6e|5e|4e|3e"
    r"|seconde)\b)"
)

_MONEY = (
    r"(?:(?:\d+(?: \d{3})*|cent|mille|deux cents?|cinq cents?) ?(?:euros?|balles|boules"
    r"|dollars?|k)\b|\d{2,}(?: \d{3})* ?e\b(?! (?:de|secondaire)\b))"
)
_WANTS = (
    r"(?:veut|veulent|veu|ve|demande|demandent|dmd|reclame|reclament|exige|exigent|redemande"
    r"|voulait"
    r"|voulaient|demandait|reclamait|exigeait|fait payer|font payer|doit payer|dois payer|doi payer"
    r"|faut que je paye|faut que je paie|payer|paye|paie)"
)
# "J'ai demandé 20 euros", "je veux": who writes demands nothing of themself.
_MINE = re.compile(r"\b(?:je|j|j ai|jai|ai|on|nous)(?: \w+)? $")
_MONEY_DEMANDED = re.compile(
    rf"\b{_WANTS}(?: (?!moins|deja|rembourser)\w+){{0,4}}? (?P<sum>{_MONEY})"
    rf"|\b(?P<sum2>{_MONEY})(?: \w+){{0,3}} (?:sinon|ou sinon|sans quoi|pour (?:pas|ne pas|plus)"
    rf"|ou il|ou ils|ou elle)\b"
)
_IMAGES_DEMANDED = re.compile(
    r"\b(?:veut|veulent|veu|demande|demandent|dmd|reclame|reclament|exige|exigent|redemande"
    r"|oblige|force"
    r"|insiste pour avoir|ma demande|me demande)(?: (?!pas\b|plus\b|sup|effac|enlev|retir|publi"
    r"|post|diffus"
    r"|balanc|mettre|ruin|vie\b|sans\b|partag|montrer|prendre|garder|voir si|argent|euros|si\b"
    r"|pour\b|avec\b"
    r"|dans\b)\w+){0,5}? (?:nudes?|photos?|fotos?|tofs?|videos?|vids?|images?|cam|webcam|visio)\b"
)
# "Il veut envoyer une photo" asks for none.
_OTHERWISE = re.compile(r"^(?:veut|veu|veulent) (?:l |les |la |le )?(?:envoyer|envoye|donner)\b")
_PRESSED = re.compile(
    r"\b(?:sinon|sino|menac\w*|chantage|chanter|rancon|exig\w*|reclam\w*|publi\w*|balanc\w*"
    r"|diffus\w*)\b"
)
_DEADLINE = re.compile(
    rf"\b(?:avant|d ici|dici|pour) (?:ce soir|demain(?: soir| matin| midi)?|minuit|midi|{_DAY}"
    r"(?: soir| midi| minuit)?|la fin de la semaine|\d{1,2} ?h(?:\d\d)?\b|dans \w+ heures)"
    r"|\b(?:j ai|jai|g|me laisse|me laissent|il me reste|dans|sous) \d{1,2} ?(?:h|heures|min"
    r"|minutes|jours)\b(?! (?:de|d)\b)"
)
_MEANS = re.compile(
    r"\b(?:j ai|jai|g|j|y a|avec) (?:\w+ ){0,2}?(?P<thing>cachets?|medocs?|medicaments?|comprimes"
    r"|pilules?|corde|lame"
    r"|cutter|rasoir|couteau|fusil|arme|pistolet|flingue|gun|javel|ceinture)(?: (?!il |elle |qui "
    r"|mais )\w+){0,4}? "
    r"(?:devant moi|dans (?:la|ma|les) mains?|sur moi|a cote de moi|sous les yeux|sur (?:mon"
    r"|le) lit|sur la table|dans ma (?:chambre|poche|main)|dans mon (?:sac|tiroir)|pret\w*)\b"
)
_PROOF = r"(?:captures?(?: d ecran)?|screens?|screenshots?|preuves?|screen shots?)"
_I_HAVE = r"(?:j ai|jai|g|on a|nous avons|j avais)"
_KEPT = re.compile(
    rf"\b(?:{_I_HAVE}|je garde|on garde) (?!pas |plus |rien |aucune? )"
    rf"(?:(?!pas |plus |qu |que |si )\w+ ){{0,3}}?{_PROOF}\b(?! (?:le|la|un|une|mon|son|sa|ses"
    rf"|mes) )"
    rf"|\b{_I_HAVE} (?:tout|bien tout) (?:garde|screen\w*|capture)\b"
)
_LOST = re.compile(
    rf"\b(?:pas|plus|aucune?|sans|ni) (?:de |les |la |fait de |pris de |garde de "
    rf"|garde les )?{_PROOF}\b"
    r"|\bje sai?s? pas comment prouver\b"
)
_PAID = re.compile(
    r"\b(?:j ai|jai|g|ge|on a|nous avons|(?:mon fils|ma fille|il|elle) a) (?:deja |tout "
    r"|bien )?(?:paye|paie|verse)\b"
    rf"|\b(?:j ai|jai|g|on a|(?:mon fils|ma fille) a) (?:deja )?(?:envoye|donne|depose|transfere"
    rf"|vire) (?:\w+ )?{_MONEY}"
)
_UNPAID = re.compile(
    r"\b(?:j ai|jai|g|on a|il a|elle a|nous avons) (?:pas|rien|jamais|pas encore"
    r"|encore rien) (?:paye|verse|vire)\b|\bsans (?:avoir )?(?:rien )?pay(?:e|er)\b"
)
_SCHOOL = r"(?:classe|college|lycee|bahut|ecole|cours|equipe|club|internat|immeuble|quartier|promo)"
_KNOWN = re.compile(
    r"\bje (?:sais|sai) (?:tres bien )?qui (?:c est|c|a fait|l a|m a|fait)\b"
    r"|\bje (?:le|la|les) connais(?: bien| en vrai| irl| de vue| depuis)\b"
    r"|\b(?:une?|des|deux|trois|les|le|la) (?:\w+ )?(?:gars|garcons?|mecs?|filles?|meufs?|eleves?"
    r"|camarades?|types?|groupe)"
    rf" (?:de|d|dans) (?:ma|mon|notre|la|mn|sa|son) {_SCHOOL}(?: (?:de|d) \w+)?(?: (?:qui (?:me"
    rf"|m)|me|m|ma|mon))\b"
    r"|\bmon ex(?: (?:copain|copine|mari|femme|conjoint))? (?:(?:m|me) (?:a )?(?:menac|harcel"
    r"|insult|suit|suiv|frapp"
    r"|fait chanter|tap)|menace|publie|diffuse|a (?:publie|poste|diffuse|partage|envoye|montre))\w*"
)
_UNKNOWN = re.compile(
    r"\bje (?:le|les|l) conn?ai?s? (?:pas|meme pas|absolument pas|po)\b|\bjle conn?ai?s? pas\b"
    r"|\b(?:je|j|on) (?:sais|sai|sait) (?:meme )?pas (?:du tout )?qui(?: c est| c| a| m a| fait"
    r"| ils| il)\b|\bjsp (?:c )?(?:ki|qui)\b"
    r"|\b(?:un|une|des) (?:\w+ )?inconnue?s?\b|\b(?:compte|numero|profil) (?:inconnu|anonyme"
    r"|masque)\b"
    r"|\b(?:quelqu un|qqn|quelquun|un mec|une fille|des gens|un type|un gars) (?:que|ke) (?:je|j"
    r"|on) (?:le )?conn?ai[st]? (?:pas|meme pas)\b"
)

_TIME = re.compile(
    rf"\b(?:{_SPAN}|{_DAY}|{_MONTH}|hier|depuis|matin|midi|soir|toujours|longtemps|rentree|vacances"
    r"|maintenant|tout a l heure|aujourd hui|ete|annee|\d+ ?(?:h|j)|\d+ \d+)\b"
)
_DEMANDED = re.compile(
    rf"\b(?:{_MONEY}|argent|sous|thunes?|fric|nudes?|photos?|videos?|images?|cartes?|pcs|paysafe\w*"
    r"|transcash|neosurf|bitcoins?|vbucks?|robux)\b"
)


def details(said: str) -> Iterator[Detail]:
    """The circumstances told in a text without punctuation, "€" written out."""
    since = _SINCE.search(said)
    if since:
        yield _detail("since", since)
    demanded: list[tuple[str, re.Match[str]]] = []
    for found in _MONEY_DEMANDED.finditer(said):
        if not _MINE.search(said[max(0, found.start() - 15) : found.start()]):
            demanded.append((found["sum"] or found["sum2"], found))
            break
    images = _IMAGES_DEMANDED.search(said)
    if (
        images
        and not _OTHERWISE.search(images[0])
        and not _MINE.search(said[max(0, images.start() - 15) : images.start()])
    ):
        demanded.append(("images", images))
    if demanded:
        first, last = demanded[0][1].start(), max(found.end() for _, found in demanded)
        yield Detail("demand", ", ".join(value for value, _ in demanded), first, last)
    deadline = _DEADLINE.search(said)
    if deadline and (demanded or _PRESSED.search(said)):
        yield _detail("deadline", deadline)
    means = _MEANS.search(said)
    if means:
        yield Detail("means", means["thing"], means.start(), means.end())
    yield from _either("evidence", ("oui", _KEPT.search(said)), ("non", _LOST.search(said)))
    yield from _either("paid", ("oui", _PAID.search(said)), ("non", _UNPAID.search(said)))
    yield from _either("author", ("connu", _KNOWN.search(said)), ("inconnu", _UNKNOWN.search(said)))


def only_demanded(said: str) -> bool:
    """Whether an answer, without punctuation, names what is demanded and no time."""
    return bool(_DEMANDED.search(said)) and not _TIME.search(said)


def _detail(name: str, found: re.Match[str]) -> Detail:
    return Detail(name, found[0].strip(), found.start(), found.end())


def _either(name: str, *readings: tuple[str, re.Match[str] | None]) -> Iterator[Detail]:
    """The one reading that the words allow; none where they allow both."""
    found = [(value, match) for value, match in readings if match]
    if len(found) == 1:
        ((value, match),) = found
        yield Detail(name, value, match.start(), match.end())
