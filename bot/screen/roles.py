"""Who writes, where the words show it plainly; None wherever a reader would have to guess.

Rules R12 and R16 of the triage guide. A wrong role makes the bot say *vous* to a child, or speak to
a victim as to a parent; so a role is given only by wordings that hardly ever mean anything else.
"""

import re
from typing import NamedTuple

from core.labels import Role

#: Trades of those who write for others, as `facts.plain` leaves them.
JOB = (
    r"(?:cpe|prof|professeure?|enseignante?|instit|institutrice|instituteur|infirmiere?"
    r"|surveillante?"
    r"|educatrice|educateur|animatrice|animateur|assistante? sociale?|assistante? d education"
    r"|psychologue|principale?|principale? adjointe?|proviseure?|directrice|directeur|aed|aesh"
    r"|coach"
    r"|entraineur|entraineuse|moniteur|monitrice|mediatrice|mediateur|medecin|pediatre|avocate?"
    r"|documentaliste|bibliothecaire|orthophoniste|formateur|formatrice|conseillere? principale?"
    r"|conseillere? d orientation|maitresse|atsem|puericultrice|sage femme|referente?"
    r"|chef de service"
    r"|cheffe de service|chef d etablissement|coordinatrice|coordinateur|presidente?"
    r"|pion|pionne|psy en|gendarme|policier|policiere)"
)
_GREETING = (
    r"(?:(?:bonjour|bonsoir|bjr|salut|madame|monsieur|mesdames|messieurs|re|alors|oui|euh)[ ,.!]*)*"
)
# The first clause only names a trade: "CPE en collège :", "Infirmière scolaire, une élève…"
_TRADE_FIRST = re.compile(
    rf"^{_GREETING}(?:je suis )?(?:ancienne? )?{JOB}(?!\w)"
    r"(?P<rest>[^.:,;!?\n]{0,60})(?:[.:,;!?\n]|$)"
)
_TRADE_VERB = re.compile(
    r"\b(?:m|me|a|ont|est|sont|veut|dit|fait|met|nous|qui|envoie|mon|ma|je|j|moi)\b"
)
_TRADE = re.compile(
    rf"\b(?:je suis|en tant que|je travaille comme|j interviens comme) (?:un |une |la |le "
    rf"|l )?{JOB}\b"
    r"|\b(?:mes|nos|un de mes|une de mes|un de nos|une de nos|mon|une des mes) eleves?\b"
    r"|\bune? (?:eleve|jeune|patiente?|residente?|adolescente?) que (?:je suis|j accompagne"
    r"|nous suivons)\b"
    r"|\bles? (?:jeunes?|enfants?|eleves?) que (?:je suis|j accompagne|nous accueillons"
    r"|j encadre)\b"
    r"|\b(?:mes|nos) (?:usagers|patients?|stagiaires|apprenti(?:e?s)|joueuses|licencies"
    r"|louveteaux)\b"
)

_CHILD = (
    r"(?:fils|fille|fiston|gamine?s?|enfants?|gosses?|ado|ados|garcons?|filles|aine|ainee|cadet"
    r"|cadette|petite? derniere?|petits? (?:fils|filles?|enfants?)|beau fils|belle fille|jumeaux"
    r"|jumelles|puce|loulou)"
)
_KIN = (
    r"(?:maman|papa|mere|pere|mamie|papi|papy|grand mere|grand pere|tutrice|tuteur|beau pere"
    r"|belle mere)"
)
# Who takes the phone from another says so: "c'est sa maman qui écrit maintenant".
_TAKES_OVER = (
    r"(?: de \w+)?(?: qui)? (?:(?:vous|t|te) (?:ecri[st]|parle|repond)|ecris|reprends|reponds"
    r"|(?:ecrit|parle|repond|reprend)(?= maintenant| ici| desormais| a present|$))\b"
)
_PARENT = re.compile(
    rf"\bc est (?:moi )?(?:la |le |sa |son |leur ){_KIN}{_TAKES_OVER}"
    rf"|^(?:bonjour |bonsoir |allo )+(?:ici |c est )(?:moi )?(?:la |le |sa |son |leur ){_KIN}\b"
    r"(?! qui)"
    rf"|^ici (?:la |le |sa |son |leur ){_KIN}\b"
    rf"|\b(?:mon|ma|mes|notre|nos) (?:jeune |grande? |petite? |plus jeune |propre |propres |deux "
    rf"|trois )?{_CHILD}\b"
    r"|\bje suis (?:la |le |un |une |sa |son |leur |l )?(?:jeune )?"
    r"(?:maman|papa|mere|pere|parent|mamie|papi|papy|grand mere|grand pere|tutrice|tuteur|beau pere"
    r"|belle mere|assistante? familiale?)\b"
    r"|^(?:bonjour |bonsoir |madame |monsieur )*(?:parents?|maman|papa|mere|pere) (?:d un|d une"
    r"|de|inquiete?s?)\b"
)
_CHILD_TAKES_OVER = re.compile(
    rf"\bc est (?:moi )?(?:la |le |sa |son |leur |l ){_CHILD}{_TAKES_OVER}"
)
_NOT_MY_CHILD = re.compile(
    r"\b(?:ma|mon) (?:petite?|belle|beau|fille de|fils de) (?:coeur|soeur|frere|copain|copine|ami)"
    r"|\b(?:ma|la|une) (?:fille|gamine) (?:de mon|de ma) (?:college|classe|lycee)"
    r"|\b(?:copine?|copain|amie?|pote|ex) de (?:mon|ma) |\bma (?:meilleure|petite) (?:amie|copine)"
    r"|\b(?:ma|mon) (?:petite? )(?:copine|copain|amie?)\b|\bmes petits? (?:enfants|fils)\b"
)
# The writer is the one it happened to, or the one who did it.
_OF_ME = re.compile(
    r"\b(?:de moi|sur moi|contre moi|de ma personne|ma photo|mes photos|mon profil|ma tete"
    r"|mon visage|a mon nom|mon identite|mon ex|mon ancien compagnon|je suis la cible"
    r"|je suis victime|dont je suis|ma nude|mes nudes)\b"
    r"|\b(?:m|me) (?:a |ont |fait |avait )?(?:insult|menac|harcel|frapp|tap|traite|film|humili|suit"
    r"|suivent|viol|touch|escroqu|arnaqu|pirat|reclam|colle|crach|demande de l argent)\w*"
    r"|\bje (?:veux|voudrais|vais) (?:mourir|en finir|me tuer|disparaitre|me suicider"
    r"|partir ce soir)"
    r"|\bj arrete ici\b|\bje vais arreter ici\b|\bquand j (?:avais|etais)\b|\ba \d+ ans j\b"
)
_DOER = re.compile(
    r"\bj ai (?:\w+ )?(?:frappe|tape|gifle|serre|attrape|secoue|mis (?:ma|mon) \w+ dehors"
    r"|envoye des"
    r"|ecrit des messages|echange des messages|publie|poste|diffuse|touche|cree un faux|fait croire"
    r"|insulte|harcele|pirate|plante|force|menace|partage)\b"
    r"|\bje (?:le|la|tape|frappe|publie|harcele|vends) (?:mon|ma|mes|tape|frappe|bats)?\b"
    r"|\b(?:c est moi qui|je suis celui qui|je suis celle qui|moi je fais que"
    r"|j etais le (?:harceleur|meneur))\b|\bon a (?:mis une|monte"
    r"|cree|fait croire|pousse|lance|organise)\b|\bje risque quoi\b|\bje suis en tort\b"
    r"|\bpeur de recommencer\b"
)
_FRIEND = (
    r"(?:(?:meilleure? )?(?:amie?|pote|copine|copain|bff|reuf|reus|besta|bestie|best|frerot|frere"
    r"|soeur|seur|srab|cousine?|voisine?|camarade|coloc|niece|neveu|filleule?)"
    r"|(?:petite? |ptite? |grande? )(?:frere|soeur|frr|cousine?))"
)
_AFFLICTED = (
    r"(?:(?:elle |il )?(?:se fait|s est fait|s est faite|est harcelee?|est victime|se scarifie"
    r"|se coupe|se taillade|se mutile|va (?:tres |vraiment )?mal|va pas bien|ne va pas bien"
    r"|veut (?:plus vivre"
    r"|mourir|se \w+|en finir)|recoit|subit|pleure|mange plus|ne mange|dort plus|ne dort|parle de"
    r" (?:mourir|suicide|se)|dit qu (?:elle|il) (?:veut|va)|est en danger|a disparu|repond plus"
    r"|ne repond|me dit qu (?:elle|il)|m a dit qu (?:elle|il)|m a (?:avoue|confie|raconte)"
    r"|est menacee?"
    r"|est tombee?|a recu|a avale|a pris des|a fait une tentative|est bloquee?|suit des))"
)
_WITNESS = re.compile(
    rf"\b(?:mon|ma|mn|une|un|notre) {_FRIEND}(?: (?!me |m |a |est |qui |de mon |de ma "
    rf"|du )\w+){{0,3}} (?:qui )?{_AFFLICTED}\b"
    rf"|\b(?:aider|pour|peur pour|inquiete? pour|soutenir|proteger) (?:ma|mon|un|une) {_FRIEND}\b"
    rf"|\b(?:c est|cest|c|j ecris) pour (?:ma|mon|un|une) {_FRIEND}\b"
    rf"|\bje suis (?:la |le |l |sa |son |un |une )?(?:oncle|tante|tata|tonton|marraine|parrain"
    rf"|{_FRIEND})"
    r"(?: (?:de|d|du)\b)"
    rf"|\b(?:ma niece|mon neveu|ma filleule|mon filleul|ma petite soeur"
    rf"|mon petit frere) de \w+ (?:ans|mois)"
)
_IN_GENERAL = re.compile(
    r"\b(?:si|quand|comment|que faire si) (?:un jour )?une? |\bon a \w+ ans\b|\bj eleve\b"
)
_OBJECT = re.compile(
    r"\b(?:moi\b|me (?!dit|disait|parle|fait peur|raconte|demande|confie|montre|repond|sens|suis)"
    r"|m a (?!dit|avoue|confie|raconte|parle|appele|montre|fait peur|demande de l aide))"
)
_FOR_MYSELF = re.compile(
    r"\b(?:enfin (?:non|c est (?:surtout )?moi)|c est pas pour|en fait c est moi|moi qui demande)\b"
)
_ME_TOO = re.compile(
    r"\b(?:mon compte|ma classe me|moi je|et moi|moi aussi|sur moi|je veux mourir|j ai peur qu il"
    r"|me tape|me frappe|m a (?:film|force|touch|viol|insult|frapp|tap|pris|oblig|demand|embrass"
    r"|menac)\w*)\b"
)
_TRADE_AND_AGE = re.compile(r", ?\d\d ans\b")
# Grown up, and a child is spoken of: who writes may be the one who does it.
_ABOUT_A_CHILD = re.compile(
    r"\b(?:une? (?:\w+ )?(?:fille|gamine?|ado|adolescente?|gosse|petite?|mineure?|garcon)"
    r"|des (?:gamins|ados"
    r"|mineures?|jeunes|enfants)|les jeunes|les enfants|une?fille|moderateur|prescription)\b"
)
_A_MINOR = re.compile(r"\b(?:[4-9]|1[0-7]) ?ans?\b")
_STUDIES = re.compile(
    r"\b(?:expose|memoire|dissert\w*|redaction|devoir|roman|manga|film|serie|journaliste|article"
    r"|enquete|sondage|interview|campagne|soutenance|tpe|emc|snt|grand oral|theatre)\b"
)
_SCHOOL = re.compile(
    r"\b(?:ma classe|mon college|mon lycee|mon bahut|ma prof|mes profs|ma maitresse|mon maitre"
    r"|la cpe|la vie sco|mon cpe|la recre|la cantine|en perm|mon internat|le prof|la prof|mon prof"
    r"|mn lycee|mn college|ma seconde|ma terminale|controle parental)\b"
)
_TO_ME = re.compile(
    r"\b(?:m|me) (?:a |ont |fait |font |avait )?(?:insult|menac|harcel|frapp|tap|trait|film"
    r"|humili|moqu|rackett"
    r"|suit|suivent|viol|touch|arnaqu|pirat|bloqu|affich|embet|pouss|crach|demand|envoi|envoy|dit"
    r"|di\b)\w*"
    r"|\b(?:se moquent?|rigolent?|foutent?) de moi\b|\bje me (?:scarifie|coupe|fais (?:insulter"
    r"|harceler"
    r"|taper|frapper|racketter|traiter))\b|\bphotos? de moi\b|\bvideos? de moi\b|\bcontre moi\b"
    r"|\bme (?:fait|font) (?:chanter|du chantage)\b"
)
_OTHERS_SCHOOL = re.compile(
    r"\b(?:une? (?:fille|gars|mec|meuf|eleve|pote|copine) (?:de|dans) (?:ma|mon)|ancien|ancienne)\b"
)
_GROWN = re.compile(
    r"\b(?:mon mari|ma femme|mon conjoint|ma conjointe|mon epouse?|mon employeur|mon patron"
    r"|mes collegues|mon ex mari|mon ex conjoint|mon ex femme|mon ex epouse|mon entreprise)\b"
)


class Said(NamedTuple):
    """What the rules read: the folded text, the same without punctuation, and what age is known."""

    folded: str
    plain: str
    own_age: bool
    own_minor: bool


def role(said: Said) -> Role | None:
    """The role the words show, None where they do not."""
    plain = said.plain
    if _DOER.search(plain):
        return None
    if _professional(said):
        return Role.PROFESSIONNEL
    if not said.own_age and _PARENT.search(plain) and not _NOT_MY_CHILD.search(plain):
        return None if _OF_ME.search(plain) else Role.PARENT
    if _FOR_MYSELF.search(plain):
        return None
    witness = _WITNESS.search(plain) is not None
    if witness and (_IN_GENERAL.search(plain) or _PARENT.search(plain)):
        return None
    if (
        witness
        and not (_ME_TOO.search(plain) or _OBJECT.search(plain))
        and not _OF_ME.search(plain)
        and not said.own_age
    ):
        return Role.TEMOIN_AMI
    if witness or _STUDIES.search(plain):
        return None
    return _victim(said)


def _professional(said: Said) -> bool:
    first = _TRADE_FIRST.search(said.folded)
    trade = first is not None and not _TRADE_VERB.search(first["rest"].replace("'", " "))
    if not trade and not _TRADE.search(said.plain):
        return False
    return not (said.own_age or _OF_ME.search(said.plain) or _TRADE_AND_AGE.search(said.folded))


def _victim(said: Said) -> Role | None:
    if _CHILD_TAKES_OVER.search(said.plain):
        return Role.VICTIME_MINEURE if said.own_minor else Role.VICTIME_AGE_INCONNU
    if said.own_age:
        if said.own_minor:
            return Role.VICTIME_MINEURE
        if (
            _PARENT.search(said.plain)
            or _TRADE.search(said.plain)
            or _TRADE_FIRST.search(said.folded)
        ):
            return None
        child = _ABOUT_A_CHILD.search(said.plain) or _A_MINOR.search(said.plain)
        return None if child else Role.VICTIME_MAJEURE
    told = _TO_ME.search(said.plain) is not None
    if not told:
        return None
    if _GROWN.search(said.plain):
        return Role.VICTIME_MAJEURE
    if _SCHOOL.search(said.plain):
        return Role.VICTIME_MINEURE
    # A victim of an age not said: but others read a school, a job or a child's voice where no
    # list of words does. Four times in five is too seldom.
    return None
