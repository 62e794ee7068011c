"""Triage without the classifier: keywords for each issue, circumstances, default urgency.

It is coarser than the classifier and says so: its assessments are always `incomplete`.
"""

import re

from bot.screen.facts import first_person, plain
from bot.screen.normalise import fold
from bot.urgency import Signs, default_urgency
from core.assessment import Assessment
from core.labels import Issue, Role


def _words(*stems: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(stems) + r")")


_IMAGE = r"(?:nudes?|photos?|videos?|images?|tofs?|fotos?|screens?)"
_NAKED = r"(?:nues?|nus?|intimes?|denude\w*|sexuel\w*|seins|deshabille\w*)"

# The first issue that matches wins: from the gravest and most specific to the most general.
_ISSUES: tuple[tuple[Issue, re.Pattern[str]], ...] = (
    (Issue.SEXTORSION, _words(
        r"sextorsion", r"chantage", r"fait chanter", rf"(?:paye|payer|argent"
        rf"|euros).{{0,80}}{_IMAGE}",
        rf"{_IMAGE}.{{0,80}}(?:sinon|payer|rancon)", r"menace de (?:publier|envoyer|diffuser"
        r"|tout)")),
    (Issue.GROOMING, _words(
        r"grooming", r"pedo\w*", r"(?:adulte|homme|monsieur|vieux|majeur|mec de (?:[2-9]\d)).{0,80}"
        r"(?:fille|fils|secret|rdv|rencontrer|voir|photos?|nudes?|cadeaux?|mineure?)",
        r"(?:il a|de) [2-9]\d ans?.{0,80}(?:moi|rencontrer|secret|photos?|nudes?)")),
    (Issue.REVENGE_PORN, _words(
        r"revenge ?porn", r"nudes?\b", rf"{_IMAGE} (?:de \w+ |d \w+ )?{_NAKED}", r"compte fisha",
        r"fishas?\b", r"deep ?(?:nude|fake)", r"sextape", rf"{_IMAGE}.{{0,40}}ephemere",
        rf"{_NAKED}.{{0,40}}(?:publie|poste|diffuse|partage|tourne)",
        r"(?:post|shar|leak|send|publish)\w* (?:my|our|his|her) (?:private|intimate|naked)\w* "
        r"(?:pic|photo|video|image)\w*", r"my (?:private|intimate|naked) (?:pic|photo|video)\w*")),
    (Issue.VIOLENCES_SEXISTES, _words(
        r"dick ?pics?", r"viol(?:ee?s?)?\b", r"agress\w+ sexuel\w*", r"sexiste", r"salope", r"pute",
        r"mots? de passe par amour", r"mon (?:copain|mec|mari|conjoint|ex).{0,60}(?:surveille"
        r"|fouille"
        r"|controle|localis|airtag|gps|espion|interdit|frappe|exige)", r"classement (?:de"
        r"|des) filles",
        r"touche les (?:fesses|seins)", r"attouchement", r"bite\b", r"airtag")),
    (Issue.HAINE_DISCRIMINATION, _words(
        r"racis\w+", r"homophob\w+", r"transphob\w+", r"antisemit\w+", r"islamophob\w+", r"negr\w+",
        r"sales? (?:arabe|noir|juif|juive|gitan|blanc|pd|gouine|musulman"
        r"|chinois)\w*", r"bougnoul\w*",
        r"\bpede?s?\b", r"tapette", r"handicap\w*", r"bamboula", r"parce que je suis (?:noir"
        r"|arabe|gay"
        r"|lesbienne|trans|juif|musulman)\w*", r"propos haineux", r"haine\b")),
    (Issue.PIRATAGE_COMPTE, _words(
        r"pirat\w+", r"hack\w*", r"plus acces a (?:mon|mes)", r"quelqu un (?:est|s est) (?:connecte"
        r"|sur mon)", r"vole mon (?:compte|mdp"
        r"|mot)", r"code par sms", r"connexion (?:inconnue|suspecte)",
        r"(?:mot de passe|mdp) (?:a ete |a )?(?:change|vole)")),
    (Issue.USURPATION_IDENTITE, _words(
        r"usurp\w+", r"faux (?:compte|profil)", r"fake (?:compte|profil|insta|snap)", r"a mon nom",
        r"se fait passer pour", r"compte (?:avec|a) (?:mes|ma|mon) (?:photos?|nom|tete)")),
    (Issue.ARNAQUE, _words(
        r"arna\w+", r"escro\w+", r"phishing", r"hameconn\w+", r"faux site", r"colis",
        r"jamais recu",
        r"cpf\b", r"brouteurs?", r"(?:debite|preleve)\w*", r"carte bancaire", r"virement",
        r"vinted")),
    (Issue.CONTENU_CHOQUANT, _words(
        r"porno\w*", r"decapit\w+", r"(?:video|image|contenu)s? (?:choquante?s?|violente?s?|gore)",
        r"gore\b", r"tombee? sur (?:une|des) (?:video"
        r"|image)", r"propagande", r"contenus? (?:pour adulte)")),
    (Issue.CYBERHARCELEMENT, _words(
        r"harcel\w+", r"harcele?\w*", r"insult\w+", r"se mo(?:quent?|ke)", r"moqu\w+", r"rumeur\w*",
        r"me (?:traite|soule|clash)\w*", r"groupe (?:contre|sur|pour)", r"humili\w+", r"affich\w+",
        r"exclu\w*", r"menac\w+", r"lynch\w+", r"grosse", r"boloss?", r"raid\b", r"adresse",
        r"mechan\w+",
        r"photo de moi", r"commentaires?", r"bouc emissaire", r"embete\w*")),
    (Issue.CONTROLE_PARENTAL, _words(
        r"controle parental", r"family link", r"qustodio", r"temps d ecran de",
        r"bloquer (?:des|les)"
        r""
        r" sites", r"limiter (?:le|son) temps", r"(?:proteger|securiser) (?:sa|la|son"
        r"|le) (?:tablette"
        r"|telephone|ordi\w*|console)", r"filtr\w+", r"a partir de quel age")),
    (Issue.SUREXPOSITION_ECRANS_JEUX, _words(
        r"ecrans?\b", r"accro\b", r"addict\w*", r"jeux? videos?", r"joue (?:trop|tout|jusqu"
        r"|a )", r"console",
        r"toute la nuit", r"temps (?:sur|de jeu)", r"(?:\d|trop d)\s?h(?:eures?)? (?:par jour"
        r"|sur)", r"scroll\w*")),
    (Issue.PARAMETRAGE_COMPTE, _words(
        r"(?:supprimer|effacer|desactiver|fermer|recuperer|regler|parametr\w*)", r"parametres?",
        r"confidentialite", r"compte (?:prive"
        r"|public)", r"mot de passe", r"\bmdp\b", r"droit a l image",
        r"donnees", r"bloquer", r"signaler", r"notifications?",
        r"photo\w*.{0,30}sans (?:mon )?accord",
        r"delete my account", r"retirer", r"cookies")),
)  # fmt: skip

_HUMAN = _words(
    r"(?:parler|discuter) (?:a|avec) (?:quelqu un|un humain|une? (?:vraie )?personne|un conseiller"
    r"|une? (?:ecoutante?|psy\w*))", r"un humain", r"vrai\w* (?:personne|humain)", r"horaires?",
    r"ouverts?\b", r"anonym\w+", r"au secours", r"aidez? moi", r"besoin d aide", r"numero",
    r"quelqu un est la", r"conseiller", r"a l aide\b", r"(?:help|sos)\b", r"aide moi\b",
)  # fmt: skip
_CALL = re.compile(
    r"^(?:(?:svp|stp|s il (?:te|vous) plait|vite|please|pls|bonjour|bjr|slt|salut|moi|me) ?)*"
    r"(?:au secours|a l aide|(?:aide[rz]?|aides) moi|aidez|help|sos)"
    r"(?: (?:svp|stp|s il (?:te|vous) plait|vite|moi|me|please|pls|au secours|help|aidez))*$"
)
_REFUSES_SCHOOL = re.compile(
    r"\b(?:refuse\w* (?:d |de |qu )?(?:y )?(?:aller|retourner|revenir)"
    r"|(?:ne )?(?:veut|veux|veu|ve|vais|va|vas|peut|peux|peu) (?:plus|pas) (?:y )?"
    r"(?:aller|retourner|revenir)|(?:plus|pas) (?:envie|la force) (?:d |de )?(?:aller|retourner)"
    r"|(?:va|vais|vas) plus|(?:plus|pas) oser (?:aller|retourner)|peur d(?:e)? (?:aller|retourner))"
    r" (?:a l |au |en |a |a mon |au )?(?:ecole|college|lycee|bahut|cours|classe)\b"
    r"|\b(?:refus|phobie) scolaire\b|\bseche\w* les cours\b"
)
_GREETING = re.compile(
    r"^(?:(?:bonjour|bonsoir|salut|slt|coucou|cc|hello|hey|bjr|bsr|yo|wesh|wsh|hi|hola|re|rebonjour"
    r"|madame|monsieur|a tous|ca va|la team|tlm|toi|vous)\b ?)+$"
)

_QUESTION = re.compile(
    r"\b(?:c est quoi|ca veut dire quoi|quelles? (?:est|sont|peine|loi)|est ce que (?:c|le|la|les)"
    r"|comment (?:reconnaitre|prevenir|eviter|proteger|expliquer|savoir si|sensibiliser)"
    r"|a partir de quel age|combien|c est pour (?:savoir|un expose|mon expose|un devoir)|expose\b"
    r"|faites vous|intervention\w*|definition|en general|au cas ou|pour info|sensibilis\w+)\b"
)
_PAST = re.compile(
    r"\b(?:il y a (?:\d+|deux|trois|quatre|cinq|plusieurs|quelques) (?:ans|annees)|a l epoque"
    r"|quand j etais|en (?:19|20[01])\d\b|en 202[0-4]\b|c est (?:fini|regle|termine|passe)"
    r"|affaire (?:est )?(?:close|classee)|a ete (?:classee|reglee?)|l annee derniere)\b"
)
_THREAT = re.compile(
    r"\bmena(?:c|ss)\w+|\bva (?:me|le|la) (?:tuer|frapper|taper|defoncer)"
    r"|\bje vais te"
)
_GROUP = re.compile(
    r"\b(?:groupe|toute la classe|tout le (?:lycee|college)|raid|plusieurs|page (?:contre|pour|sur)"
    r"|ils sont \d+|tous les jours|chaque jour|depuis des (?:mois|semaines)|lycee refuse"
    r"|college (?:refuse|ne fait rien|fait rien))\b"
)
_BLACKMAIL = re.compile(r"\bchantage|\bsinon\b|fait chanter|\brancon")
_DEADLINE = re.compile(
    r"\bavant (?:demain|minuit|ce soir|\d+ ?h|lundi|vendredi)"
    r"|\bdans les? \d+ ?h"
)
_ADDRESS = re.compile(r"\b(?:mon|notre|son) adresse\b|ou j habite|chez moi\b")
_SUFFERS = re.compile(
    r"\bdor(?:t|s) (?:plus|pas)|\bnotes?\b|\bsommeil|\becole\b|\bcrises?\b|\bhurle|\bviolent"
    r"|\bargent"
    r"|\bdepens|\d ?h(?:eures?)? du mat|\bcolere|\bsort plus|\bmange plus|\bdispute|\bconflit"
    r"|\baccro"
    r"|\bdecroch|\bisole|carte (?:bleue|bancaire)|\bdeprim"
)
_PUBLISHED = re.compile(
    r"\bsans (?:mon|notre|son) (?:accord|autorisation)|\ben ligne\b"
    r"|\bposte\w* .{0,20}photo"
)


def signs(text: str) -> Signs:
    """What the words say of the circumstances."""
    return _signs(plain(fold(text)[0]))


def _signs(said: str) -> Signs:
    return Signs(
        question=bool(_QUESTION.search(said)),
        past=bool(_PAST.search(said)),
        threat=bool(_THREAT.search(said)),
        group=bool(_GROUP.search(said)),
        blackmail=bool(_BLACKMAIL.search(said)),
        deadline=bool(_DEADLINE.search(said)),
        knows_address=bool(_ADDRESS.search(said)),
        child_suffers=bool(_SUFFERS.search(said)),
        published=bool(_PUBLISHED.search(said)),
        refuses_school=bool(_REFUSES_SCHOOL.search(said)),
        call=bool(_CALL.match(said)),
    )


def keyword_issues(text: str) -> tuple[Issue, ...]:
    """The issues whose words occur, gravest first; a greeting or a wish for a person if nothing
    else is said."""
    said = plain(fold(text)[0])
    found = tuple(issue for issue, form in _ISSUES if form.search(said))
    if found:
        return found
    if _GREETING.match(said):
        return (Issue.SALUTATION,)
    if _HUMAN.search(said):
        return (Issue.DEMANDE_HUMAIN,)
    return ()


def complete(screened: Assessment, text: str) -> Assessment:
    """What the screen found, with keywords for the issue and the urgency that follows from it."""
    issues = keyword_issues(text[:_READ])
    given = signs(text[:_READ])
    if screened.issue is not None:
        others = [issue for issue in issues if issue is not screened.issue]
        found = Assessment(
            issue=screened.issue,
            issue_secondary=screened.issue_secondary or next(iter(others), None),
            urgency=screened.urgency,
        )
    else:
        issue = issues[0] if issues else Issue.AUTRE_HORS_SUJET
        # Somebody who speaks of themself in words not known here has something to say.
        somebody = screened.role not in (None, Role.INCONNU) or first_person(plain(fold(text)[0]))
        unknown = not issues and somebody
        found = Assessment(
            issue=issue,
            issue_secondary=issues[1] if len(issues) > 1 else None,
            urgency=default_urgency(None if unknown else issue, given),
            role=Role.INCONNU if screened.role is None else None,
        )
    return screened.merged(found).merged(Assessment(incomplete=True))


# Keywords far behind tell little of what a message is about, and reading has a price.
_READ = 5000
