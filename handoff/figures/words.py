"""What the figures' tables are called in French."""

from collections.abc import Mapping

ISSUES: Mapping[str, str] = {
    "cyberharcelement": "Cyberharcèlement",
    "revenge_porn": "Images intimes diffusées",
    "sextorsion": "Sextorsion",
    "grooming": "Manipulation par un adulte",
    "piratage_compte": "Compte piraté",
    "usurpation_identite": "Usurpation d’identité",
    "contenu_choquant": "Contenu choquant",
    "haine_discrimination": "Haine, discrimination",
    "violences_sexistes": "Violences sexistes",
    "surexposition_ecrans_jeux": "Écrans et jeux en excès",
    "controle_parental": "Contrôle parental",
    "parametrage_compte": "Réglages de compte",
    "arnaque": "Arnaque",
    "ideation_suicidaire": "Idées suicidaires",
    "danger_physique": "Danger physique",
    "autre_hors_sujet": "Autre sujet",
    "salutation": "Simple salutation",
    "demande_humain": "Demande à parler à quelqu’un",
}
URGENCIES: Mapping[str, str] = {
    "critique": "Critique",
    "elevee": "Élevée",
    "moderee": "Modérée",
    "faible": "Faible",
}
ROLES: Mapping[str, str] = {
    "victime_mineure": "Victime mineure",
    "victime_majeure": "Victime majeure",
    "victime_age_inconnu": "Victime, âge inconnu",
    "parent": "Parent",
    "temoin_ami": "Témoin ou proche",
    "professionnel": "Professionnel",
    "inconnu": "Rôle inconnu",
}
AGES: Mapping[str, str] = {
    "moins_13": "Moins de 13 ans",
    "moins_15": "Moins de 15 ans",
    "15_17": "15 à 17 ans",
    "majeur": "18 ans ou plus",
}
CHANNELS: Mapping[str, str] = {
    "web": "Site",
    "whatsapp": "WhatsApp",
    "messenger": "Messenger",
    "instagram": "Instagram",
    "telegram": "Telegram",
    "telephone": "Téléphone",
}
ENDS: Mapping[str, str] = {
    "helped": "Aide apportée",
    "oriented": "Orientation",
    "signalement": "Signalement",
    "emergency": "Urgence",
    "silent": "Sans réponse de la personne",
    "abusive": "Propos abusifs",
    "off_topic": "Hors sujet",
    "listener": "Écoutée, sans issue notée",
    "abandoned": "Partie avant une réponse",
    "going_on": "En cours avec l’équipe",
    "bot": "Assistant seul",
}
ANSWERS: Mapping[str, str] = {"yes": "Oui", "some": "Un peu", "no": "Non"}
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
UNKNOWN = "Non précisé"


def named(names: Mapping[str, str], code: str | None) -> str:
    """What a code is called; a code nobody named is shown as it is."""
    return UNKNOWN if code is None else names.get(code, code)
