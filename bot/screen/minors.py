"""Whether the person concerned is a minor, where the words say so and tell no age.

A pupil, a little sister, a class of CM2: whoever reads this knows that it is about a minor, and not
of which age. So no band is made of it, and the age is still asked. What may as well be said of an
adult counts for nothing: a student, a *petit copain*, a pupil of a driving school, one's own past.
"""

import re

from bot.screen.ages import Age
from bot.screen.roles import JOB
from core.labels import AgeBand, Role

_GROWN_SCHOOL = (
    r"fac|facs|faculte|universite|univ|campus|amphi|bts|iut|dut|deust|licence|l[123]|m[12]|master"
    r"|doctorat|these|prepa|classe preparatoire|post bac|postbac|ifsi|ifas|inspe|etudes superieures"
    r"|enseignement superieur|grande ecole|ecole (?:d ingenieurs?|d infirmiere?s?|de commerce"
    r"|de management|superieure|de police|de gendarmerie|doctorale|d avocats?)"
    r"|eleves? (?:infirmiere?s?|aides? soignante?s?|avocate?s?|ingenieure?s?"
    r"|officiere?s?|gendarmes?|gardiens?|policiere?s?|pilotes?|conduct\w+)"
    r"|auto ecole|code de la route|permis|yoga|pilates|formation (?:continue|professionnelle|pro)"
    r"|formation (?:d |pour )adultes|cours (?:du soir|pour adultes|d adultes)|greta|afpa|cegep"
    r"|jeunes? travailleurs?|fjt"
)
_GROWN_UP = (
    r"(?:est|sont|deja|eleves?|lyceen\w*|jeunes?) majeure?s?|jeunes? adultes?|adultes? handicapes?"
)
# Words that say of a "pupil", a "class" or a little brother that they are grown up.
_ADULT = re.compile(rf"\b(?:{_GROWN_SCHOOL}|{_GROWN_UP})\b")
# A student's little brother is none.
_I_STUDY = re.compile(rf"\bje suis (?:en|a la|a l|au) (?:{_GROWN_SCHOOL})\b")
_PAST = re.compile(
    r"\b(?:quand j (?:avais \d+ ans|etais)|quand on etait|a l epoque"
    r"|(?:il )?y a (?:[5-9]|\d\d) ans|ca fait (?:[5-9]|\d\d) ans|dans mon enfance"
    r"|etant (?:ado|jeune|petite?|enfant|gamine?)"
    r"|ancien(?:ne)?s? (?:eleves?|college|lycee|ecole|classe|camarades?|collegien\w*|lyceen\w*)"
    r"|j etais (?:encore )?(?:(?:une? )?(?:ado|enfant|gamine?|eleve|collegien\w*|lyceen\w*)"
    r"|mineure?|petite?|au (?:college|lycee)|en primaire)\b"
    r"(?! (?:hier|ce matin|cet aprem|tout a l)))\b"
)
# Who works at a school is there, too; and so is who studies at one for adults.
_AT_WORK = re.compile(
    r"\b(?:je (?:travaille|bosse|enseigne|donne (?:des |un )?cours)|j (?:enseigne|interviens)"
    r"|mes eleves|mes? collegues?|mon (?:travail|boulot|employeur|patron|chef)"
    r"|mon (?:mari|conjoint|epoux)|ma (?:femme|conjointe)"
    rf"|(?:je suis|en tant que) (?:une? |l |la |le )?(?:{JOB}|etudiante?))\b"
)
# It happens to who writes, or to their things: the pupil or little brother is who does it.
_OWN_MATTER = re.compile(
    r"\b(?:moi|me (?!dit|disait|parle|fait peur|raconte|demande (?:de l aide|comment|quoi|si|ce)"
    r"|confie|montre|repond|semble|parait)"
    r"|m (?:a|ont|avait|avaient|appelle|en veut|en veulent) "
    r"(?!dit|avoue|confie|raconte|parle|appelee?|montre|fait peur|demande (?:de l aide|si)"
    r"|alertee?|signale|prevenue?|contactee?|ecrit)"
    r"|m (?:insult|menac|harcel|envoi|envoy|ecri|frapp|humili|film|attaqu)\w*"
    r"|mon (?:compte|profil|numero|adresse|telephone|visage|identite|image|nom|ex)"
    r"|mes (?:photos?|videos?|comptes?|reseaux|donnees))\b"
)

_PUPIL = r"(?:eleves?|collegien(?:ne)?s?|lyceen(?:ne)?s?|ecolier(?:e)?s?|internes?)"
_YOUNG = r"(?:ados?|adolescente?s?|gamine?s?|gosses?|mineure?s?|preados?|fillettes?|garconnets?)"
_ONE = (
    r"(?:une?|d une?|cet|cette|ce|mon|ma|notre|nos|mes|des|les|deux|trois|quatre|plusieurs"
    r"|certaine?s?|quelques|chaque|leurs?|ses|aux|pour l|que l|avec l|chez l)"
)
_BETWEEN = r"(?: (?:jeunes?|petite?s?|autres?|de (?:mes|nos|ses|leurs)|des|nouvelle|nouveau))*"
_SMALL_KIN = (
    r"(?:petite?s?|ptite?s?|tite?s?|jeunes?) (?:demi )?(?:freres?|soeurs?|seurs?|reufs?|reus"
    r"|frerots?|frr|cousine?s?|neveux?|nieces?)"
)
_GROWN_KIN = (
    r"(?! (?:de|d|a) (?:mon|ma|un|une) (?:mari|femme|conjointe?|compagn\w+|epou\w+|ex|copain|copine"
    r"|collegue|patron\w*|chef\w*))"
)
_KIN = re.compile(_SMALL_KIN)
_YEAR = (
    r"(?:maternelle|grande section|cp|ce[12]|cm[12]|primaire"
    r"|6 ?(?:e|eme|ieme)|5 ?(?:e|eme|ieme)|4 ?(?:e|eme|ieme)|3 ?(?:e|eme|ieme)"
    r"|sixieme|cinquieme|quatrieme|troisieme|2nde|2de|seconde|1ere|1re|premiere|terminale|tle"
    r"|rheto)\b"
    # "En première ligne", "en seconde main" and "4e étage" are no school years.
    r"(?! (?:annees?|lignes?|pages?|positions?|places?|parties?|etapes?|etages?|fois|vie|main"
    r"|instance|semaines?|vitesse|classe de train|reponse|lecture)\b)"
)
_THEIRS = re.compile(
    rf"\b{_ONE}{_BETWEEN} (?:{_PUPIL}|{_YOUNG})\b"
    r"|\b(?:patiente?s?|jeunes?|filles?|garcons?|victimes?) (?:ados?|adolescente?s?|mineure?s?)\b"
    # "L'élève", but not "il l'élève seul".
    rf"|(?<!\bil )(?<!\belle )(?<!\bje )(?<!\bqui )\bl (?:eleve|ecoliere?|ado|adolescente?)\b"
    rf"|^(?:eleves?|collegien(?:ne)?s?|lyceen(?:ne)?s?|mineure?s?) "
    rf"|\b{_SMALL_KIN}\b{_GROWN_KIN}"
    rf"|\b(?:une?|des|les|mes|nos) (?:cp|ce[12]|cm[12])\b"
    rf"|\b(?:ma|mes|nos|une|des|la|les|cette) classes? (?:de|en) {_YEAR}"
    r"|\b(?:qui (?:sont|rentre|entre|passe|va|etudie)|(?:il|elle) (?:rentre|entre|passe|va)"
    r"|scolarisee?s?|\w+ (?:est|rentre|entre|passe))"
    rf"(?: (?:encore|toujours|deja|aujourd hui|maintenant|scolarisee?))? en (?:classe de )?{_YEAR}"
    r"|\b(?:il|elle|qui) (?:est|va) (?:encore |toujours )?(?:au college|au lycee|a l ecole primaire"
    r"|en primaire|a la creche|collegien(?:ne)?|lyceen(?:ne)?|mineure?)\b"
)
_OWN = re.compile(
    r"\b(?:je suis|j suis|jsuis|chuis|chui|jsui|suis|moi) (?:une? |encore |toujours |qu une? "
    r"|juste une? |que |simple )*"
    r"(?:collegien(?:ne)?|lyceen(?:ne)?|ado|adolescente?|mineure?|ecoliere?|gamine?"
    r"|eleve (?:au|a l|d un|dans un|du|de) (?:college|lycee|ecole primaire)"
    r"|interne au (?:college|lycee)"
    r"|(?:au|dans un) (?:college|lycee)|en (?:primaire|maternelle)|a l athenee)\b"
    r"|\b(?:mon|notre|mn) (?:college|lycee|bahut)\b"
    r"|\b(?:ma|notre) classe\b(?! (?:sociale|moyenne|politique))"
    r"|\b(?:au|a mon|du|dans mon|dans le) (?:college|lycee|bahut)\b"
)
# Where mostly minors are: who works there and speaks of "un jeune" means one.
_PLACE = re.compile(
    r"\b(?:college|lycee|ecoles?|maternelle|primaire|cp|ce[12]|cm[12]|scolaire|vie sco\w*|cpe|aesh"
    r"|atsem|instit\w*|mecs|enfance|ase|foyer|creche|creches|centre (?:aere|de loisirs)|colo"
    r"|colonie|periscolaire|pediatr\w+|pedopsy\w*|internat|segpa|ulis|ime|itep|scouts?)\b"
)
_YOUNG_ONE = re.compile(
    r"\b(?:une?|cette|ce|le|la|des|les|deux|plusieurs|mes|nos) (?:jeunes? )?(?:jeunes?|filles?"
    r"|garcons?|enfants?|petite?s?)\b"
    r"(?! (?:femmes?|hommes?|collegues?|profs?|couples?|copains?|copines?|amie?s?))"
)


# A little brother of somebody older than this may be grown up as well.
_GROWN = 25
_FOR_OTHERS = frozenset({Role.PARENT, Role.TEMOIN_AMI, Role.PROFESSIONNEL})


def spoken_of(said: str, role: Role | None, own: Age | None) -> bool:
    """Whether these words, without punctuation, say that the person concerned is a minor.

    `role` and `own` are what the same words tell of who writes.
    """
    if _ADULT.search(_I_STUDY.sub(" ", said)) or _PAST.search(said):
        return False
    if role in _FOR_OTHERS:
        return not _OWN_MATTER.search(said) and _named(said, role, own)
    if role is Role.VICTIME_MAJEURE or (own is not None and own.band is AgeBand.MAJEUR):
        return False
    if _OWN.search(said) and not _AT_WORK.search(said):
        return True
    return not _OWN_MATTER.search(said) and _named(said, role, own)


def _named(said: str, role: Role | None, own: Age | None) -> bool:
    grown = own is not None and own.years is not None and own.years >= _GROWN
    for found in _THEIRS.finditer(said):
        if not (grown and _KIN.fullmatch(found[0])):
            return True
    at_work = role is Role.PROFESSIONNEL
    return at_work and _PLACE.search(said) is not None and _YOUNG_ONE.search(said) is not None
