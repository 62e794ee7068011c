"""Forty people who write during one shift: what each says, and what triage makes of it.

The danger screen is the real one and reads what it reads. What the learned reading would add is
told here, so that a shift is the same on a machine without a trained model.
"""

from dataclasses import dataclass

from core.assessment import Assessment
from core.labels import AgeBand, Issue, Role, Urgency

CHANNELS = ("web", "whatsapp", "messenger", "instagram", "telegram")


@dataclass(frozen=True, slots=True)
class Story:
    """One person: the first message, what they say once answered, and who they are."""

    channel: str
    first: str
    then: str
    seen: Assessment


def _seen(issue: str, role: str, age: str | None, platform: str | None, urgency: str) -> Assessment:
    return Assessment(
        urgency=Urgency(urgency),
        issue=Issue(issue),
        confidence=0.86,
        role=Role(role),
        age_band=AgeBand(age) if age else None,
        platform=platform,
    )


_TEEN, _CHILD, _ADULT = (
    ("victime_mineure", "15_17"),
    ("victime_mineure", "moins_15"),
    (
        "victime_majeure",
        "majeur",
    ),
)
_PARENT, _FRIEND, _TEACHER = ("parent", "moins_13"), ("temoin_ami", None), ("professionnel", None)
_UNKNOWN = ("victime_age_inconnu", None)

# What is written, what follows once somebody answered, and what it is: issue, who, where, urgency.
_TOLD = (
    ("je veux mourir ce soir, j'ai les cachets de ma mère dans la main", "je suis dans ma chambre, la porte est fermée", "ideation_suicidaire", _TEEN, None, "critique"),
    ("il a mes photos et il veut 200 euros avant demain sinon il les envoie à ma classe", "j'ai pas payé, je lui ai dit que j'avais pas d'argent", "sextorsion", _TEEN, "snapchat", "elevee"),
    ("des gens de ma classe ont fait un groupe pour se moquer de moi", "ils sont six, et il y a des captures de moi", "cyberharcelement", _CHILD, "instagram", "moderee"),
    ("bonjour, ma fille de 12 ans parle à un homme de 40 ans sur un jeu en ligne", "elle ne sait pas que je vous écris", "grooming", _PARENT, "discord", "elevee"),
    ("on m'a volé mon compte insta et on écrit à mes amis avec", "j'ai plus accès au mail non plus", "piratage_compte", _TEEN, "instagram", "faible"),
    ("mon ex a mis une vidéo de moi sur un site, je fais quoi", "la vidéo est encore en ligne ce matin", "revenge_porn", _ADULT, None, "elevee"),
    ("il y a un faux profil avec ma photo et mon nom", "il demande des photos à mes copines", "usurpation_identite", _TEEN, "tiktok", "moderee"),
    ("mon fils passe ses nuits sur son téléphone et ne dort plus", "il a 14 ans, il s'énerve quand on en parle", "surexposition_ecrans_jeux", ("parent", "moins_15"), None, "faible"),
    ("on me traite de tous les noms à cause de ma religion dans les commentaires", "ça dure depuis la rentrée", "haine_discrimination", _TEEN, "tiktok", "moderee"),
    ("mon petit frère est tombé sur une vidéo horrible, il arrête pas d'y penser", "il a 9 ans, il a peur d'aller se coucher", "contenu_choquant", _FRIEND, "youtube", "moderee"),
    ("une copine reçoit des messages qui lui disent de disparaître, je sais pas quoi faire", "elle m'a montré son téléphone hier", "cyberharcelement", _FRIEND, "whatsapp", "moderee"),
    ("comment je fais pour mettre mon compte en privé", "merci, j'ai trouvé le bouton", "parametrage_compte", _CHILD, "snapchat", "faible"),
    ("un garçon du lycée m'envoie des photos de lui que j'ai pas demandées", "il recommence tous les soirs", "violences_sexistes", _TEEN, "instagram", "moderee"),
    ("je suis CPE, une vidéo d'une bagarre circule parmi nos élèves", "elle a été filmée hier devant le collège", "cyberharcelement", _TEACHER, "snapchat", "moderee"),
    ("j'ai acheté une console sur un site et le vendeur répond plus", "j'avais payé par virement", "arnaque", _ADULT, "leboncoin", "faible"),
    ("quel contrôle parental pour une tablette, ma fille a 8 ans", "c'est une tablette Android", "controle_parental", _PARENT, None, "faible"),
    ("ils ont créé un compte pour noter les filles du collège et je suis dessus", "mon nom est en entier", "cyberharcelement", _CHILD, "instagram", "moderee"),
    ("quelqu'un menace de publier mes conversations si je lui parle plus", "c'est quelqu'un que je connais en vrai", "sextorsion", _UNKNOWN, "snapchat", "moderee"),
    ("mon fils a envoyé une photo de lui nu à une fille qui n'existe pas", "il vient de nous le dire en pleurant", "sextorsion", ("parent", "15_17"), "instagram", "elevee"),
    ("on m'a ajoutée dans un groupe avec des images affreuses", "j'ai quitté le groupe mais j'ai encore les images", "contenu_choquant", _TEEN, "whatsapp", "moderee"),
    ("tout le monde a vu la photo, je peux plus retourner au lycée", "c'est mon ancien copain qui l'a envoyée", "revenge_porn", _TEEN, "snapchat", "elevee"),
    ("une appli me demande ma carte d'identité, c'est normal", "ok je la donne pas alors", "arnaque", _UNKNOWN, None, "faible"),
    ("un adulte me demande de venir le voir, il dit qu'il m'aime", "il habite à deux heures de train", "grooming", _CHILD, "instagram", "elevee"),
    ("mon compte de jeu a été piraté, j'avais mis de l'argent dessus", "j'ai encore le reçu", "piratage_compte", _TEEN, "discord", "faible"),
    ("mes anciennes amies racontent des mensonges sur moi tous les jours", "je mange seule à midi", "cyberharcelement", _CHILD, "snapchat", "moderee"),
    ("je suis la maman d'un garçon qui se fait insulter dans un groupe de classe", "j'ai gardé les captures d'écran", "cyberharcelement", ("parent", "moins_15"), "whatsapp", "moderee"),
    ("quelqu'un a mis mon numéro sur un site, des inconnus m'appellent", "j'ai déjà bloqué vingt numéros", "usurpation_identite", _ADULT, None, "moderee"),
    ("ma sœur poste tout le temps des photos de moi alors que je veux pas", "je lui ai dit non plusieurs fois", "autre_hors_sujet", _CHILD, "instagram", "faible"),
    ("on m'insulte parce que je suis une fille et que je joue", "ils me retrouvent à chaque partie", "violences_sexistes", _TEEN, "discord", "moderee"),
    ("il dit qu'il a des amis qui peuvent pirater mon téléphone", "il m'a envoyé mon adresse", "sextorsion", _TEEN, "telegram", "moderee"),
    ("j'ai peur d'ouvrir mon téléphone le matin", "c'est toujours les mêmes trois personnes", "cyberharcelement", _TEEN, "snapchat", "moderee"),
    ("bonjour, je suis infirmière scolaire, une élève m'a montré des messages inquiétants", "elle est d'accord pour que je vous écrive", "grooming", _TEACHER, "snapchat", "moderee"),
    ("on a fait une fausse vidéo de moi avec une intelligence artificielle", "on dirait vraiment que c'est moi", "revenge_porn", _TEEN, "telegram", "elevee"),
    ("comment faire retirer une vidéo où on me voit tomber", "elle a dix mille vues", "cyberharcelement", _CHILD, "tiktok", "faible"),
    ("ma fille refuse d'aller au collège depuis une semaine à cause d'un groupe", "elle a 11 ans", "cyberharcelement", _PARENT, "whatsapp", "moderee"),
    ("quelqu'un se fait passer pour moi et insulte mes profs", "j'ai été convoqué ce matin", "usurpation_identite", _TEEN, "instagram", "moderee"),
    ("je joue huit heures par jour et j'arrive pas à arrêter", "je dors en cours", "surexposition_ecrans_jeux", _TEEN, "discord", "faible"),
    ("un inconnu m'envoie de l'argent sur mon jeu et veut que je lui parle", "il veut qu'on parle ailleurs", "grooming", _CHILD, "roblox", "moderee"),
    ("on partage une photo de moi avec des moqueries sur mon poids", "même dans le bus on m'en parle", "cyberharcelement", _TEEN, "snapchat", "moderee"),
)  # fmt: skip

EARLY = tuple(
    Story(CHANNELS[number % len(CHANNELS)], first, then, _seen(issue, *who, where, urgency))
    for number, (first, then, issue, who, where, urgency) in enumerate(_TOLD)
)
# Comes while everybody at the desk is busy.
LATE = Story(
    "telegram",
    "je suis sur le pont, je vais sauter, dites à ma mère que je l'aime",
    "ok je recule, je m'assois par terre",
    _seen("ideation_suicidaire", *_TEEN, None, "critique"),
)
KNOWN = {each.first: each.seen for each in (*EARLY, LATE)}
