"""What a message states: ages, roles and circumstances; and what only looks like them."""

import pytest

from bot.screen import ages, details
from bot.screen.facts import learn, only_demanded, plain
from bot.screen.normalise import fold
from core.labels import AgeBand, Role

M13, M15, M18, ADULT = AgeBand.MOINS_13, AgeBand.MOINS_15, AgeBand.DE_15_A_17, AgeBand.MAJEUR


def band(text: str) -> AgeBand | None:
    return learn(fold(text)[0]).age_band


def role(text: str) -> Role | None:
    return learn(fold(text)[0]).role


def told(text: str) -> dict[str, str]:
    return dict(learn(fold(text)[0]).named)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("j'ai 14 ans", M15), ("g 12 ans", M13), ("j'ai quatorze ans", M15), ("jé 10 an", M13),
        ("jai 13asn", M15), ("g 14a", M15), ("j'ai dix-sept ans", M18), ("moi 16 ans", M18),
        ("j'ai que 11 ans", M13), ("je viens d'avoir 18 ans", ADULT),
        ("je suis un garçon de 15 ans", M18), ("il a 30 ans et moi 13", M15),
        ("un mec de 29 me parle, il a 29 ans et j'en ai 16", M18), ("11 ans, et lui plus", M13),
        ("jsuis en 4e", M15), ("je suis en CM2", M13), ("chu en secondaire 3", M15),
        ("je suis en 6e", M13), ("je suis en terminale", M18), ("jsuis en 2nde", M18),
        ("je suis en cinquième secondaire", M18), ("je suis en 2e secondaire", M15),
        ("je suis en rhéto à Namur", M18), ("je suis en BTS", ADULT), ("dans ma classe de 3e", M15),
        ("je suis en L1 de droit", ADULT), ("je suis en sixième primaire", M13),
    ],
)  # fmt: skip
def test_ages_of_who_writes(said: str, expected: AgeBand) -> None:
    assert band(said) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("ma fille de 12 ans est harcelée", M13),
        ("j'ai 41 ans et mon fils de 16 ans a reçu des menaces", None),
        ("mon fils, il a 13 ans, on le menace, un homme qui a 40 ans", M15),
        ("je suis CPE, une élève de 15 ans est harcelée", M18),
        ("mon fils reçoit des menaces d'un voisin, il a 40 ans", None),
        ("ma petite soeur de 9 ans se fait insulter", M13),
    ],
)
def test_ages_of_whom_it_is_about(said: str, expected: AgeBand | None) -> None:
    assert band(said) is expected


@pytest.mark.parametrize(
    "said",
    [
        "il a 34 ans", "mon frère de 8 ans", "ça dure depuis 3 ans", "pendant 2 ans",
        "j'ai 16 ans de plus qu'avant", "7 ans de malheur", "il a dit j'ai 11 ans",
        "j'ai 20 euros", "j'ai 300 ans", "j'ai eu 12 en maths", "il est en 4e",
        "je suis en première année", "je suis enseignante en CM2", "interdit aux moins de 12 ans",
        "quand j'étais en 6e", "l'armée, 4e étage",
    ],
)  # fmt: skip
def test_these_are_not_the_age_of_who_writes(said: str) -> None:
    assert ages.own(plain(fold(said)[0])) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Infirmière scolaire, une élève de 5e présente des marques.", Role.PROFESSIONNEL),
        ("CPE : un élève de 6e est harcelé", Role.PROFESSIONNEL),
        ("je suis éducatrice en foyer, une jeune refuse de parler", Role.PROFESSIONNEL),
        ("notre fils ne veut plus aller en cours", Role.PARENT),
        # Somebody takes the phone from another.
        ("je suis sa mère", Role.PARENT),
        ("c'est sa maman qui écrit maintenant", Role.PARENT),
        ("bonjour, c'est sa mère", Role.PARENT),
        ("Bonsoir, ici le papa de Léa", Role.PARENT),
        ("c'est la maman de Théo qui vous écrit", Role.PARENT),
        ("c'est sa fille qui écrit maintenant", Role.VICTIME_AGE_INCONNU),
        ("j'ai 13 ans, c'est sa fille qui écrit", Role.VICTIME_MINEURE),
        ("c'est sa mère", None),
        ("c'est sa mère qui parle dans le vocal", None),
        ("c'est son père qui écrit ça sur le groupe", None),
        ("bonjour c'est sa mère qui me l'a dit", None),
        ("je suis l'oncle de deux garçons, on les menace", Role.TEMOIN_AMI),
        ("ma cousine se scarifie", Role.TEMOIN_AMI),
        ("je suis en 4e, on m'insulte", Role.VICTIME_MINEURE),
        ("mon mari me frappe", Role.VICTIME_MAJEURE),
    ],
)
def test_roles_the_words_show(said: str, expected: Role) -> None:
    assert role(said) is expected


@pytest.mark.parametrize(
    "said",
    [
        "mon cousin m'a touchée",
        "ma copine elle a posté une vidéo de moi",
        "si un ami reçoit une photo, il fait quoi ?",
        "j'ai frappé mon fils, j'ai besoin d'aide",
        "j'ai 25 ans et je parle à une fille de 13",
        "c'est pour une amie, enfin c'est moi",
        "je suis en 3e, le prof nous a donné un exposé sur le suicide",
        "au collège on me frappait, j'ai 27 ans, je suis infirmière, mon fils va bien",
    ],
)
def test_no_role_where_a_reader_would_guess(said: str) -> None:
    assert role(said) is None


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("ça dure depuis 3 semaines", "since", "depuis 3 semaines"),
        ("depuis la rentrée il m'insulte", "since", "depuis la rentree"),
        ("il veut 200€ sinon il publie", "demand", "200 euros"),
        ("elle me réclame 1 500 euros", "demand", "1 500 euros"),
        ("il me demande des nudes", "demand", "images"),
        ("il veut 50 euros et il demande des photos", "demand", "50 euros, images"),
        ("il demande 200 euros avant demain soir", "deadline", "avant demain soir"),
        ("si je paie pas il publie, j'ai 24h", "deadline", "j ai 24h"),
        ("j'ai les cachets devant moi", "means", "cachets"),
        ("j'ai gardé des captures", "evidence", "oui"),
        ("j'ai plus de preuves", "evidence", "non"),
        ("j'ai déjà payé", "paid", "oui"),
        ("j'ai rien payé", "paid", "non"),
        ("je sais qui c'est", "author", "connu"),
        ("je le connais pas", "author", "inconnu"),
        ("un inconnu me menace", "author", "inconnu"),
    ],
)
def test_circumstances(said: str, name: str, value: str) -> None:
    assert told(said).get(name) == value


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("j'ai demandé 20 euros à ma mère", "demand"),
        ("il demande à chaque fille de 3e de sortir", "demand"),
        ("il veut pas supprimer ma photo", "demand"),
        ("il veut envoyer une photo à tout le monde", "demand"),
        ("l'appli est fermée avant lundi", "deadline"),
        ("ma mère a des cachets pour le coeur", "means"),
        ("il a screen ma photo", "evidence"),
        ("ça m'a payé", "paid"),
        ("j'ai payé mais pas tout, j'ai rien payé hier", "paid"),
        ("j'ai eu une bonne note", "since"),
    ],
)
def test_what_only_looks_like_a_circumstance(said: str, name: str) -> None:
    assert name not in told(said)


def test_a_detail_says_where_it_stands() -> None:
    said = "bonjour il me harcele depuis deux mois"
    found = next(details.details(said))
    assert said[found.start : found.end] == "depuis deux mois"


@pytest.mark.parametrize(
    ("answer", "demand"),
    [
        ("200e", True), ("50€ en pcs", True), ("il veut des photos", True),
        ("hier", False), ("2 semaines", False), ("depuis mardi, il veut 50e", False),
        ("200 euros avant ce soir", False), ("je sais pas", False),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_time(answer: str, demand: bool) -> None:
    assert only_demanded(answer) is demand
