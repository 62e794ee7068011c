"""Who writes for a minor without telling an age; and what may as well be said of an adult."""

import pytest

from bot.screen.facts import learn
from bot.screen.normalise import fold
from bot.screen.screen import SpacyScreen
from core import line
from core.assessment import MINOR
from core.labels import AgeBand


def told(text: str) -> dict[str, str]:
    return dict(learn(fold(text)[0]).named)


@pytest.mark.parametrize(
    "said",
    [
        "Bonjour, je suis professeur, une de mes élèves reçoit des menaces sur Snapchat",
        "je suis infirmière scolaire, une élève se fait chanter avec une photo",
        "je suis éducatrice en foyer, un jeune est harcelé en ligne",
        "mon petit frère se fait racketter sur fortnite",
        "je suis la tante de léa qui est en 5eme, on publie des photos d'elle",
        "CPE : deux élèves ont partagé une vidéo dans le vestiaire",
        "AESH en primaire, des CM2 se moquent d'un autre sur un groupe",
        "ma ptite soeur parle avec un inconnu la nuit",
        "le petit frère de ma meilleure amie est harcelé",
        "un élève de ma classe se fait insulter tous les jours",
        "il y a un lycéen qui veut se jeter du pont",
        "mon cousin est au collège et on diffuse des photos de lui",
        "chui collegienne jsp quoi faire",
        "je suis lycéen",
        "des gens de mon lycée ont fait un faux compte sur lui",
        "Bonjour, une collégienne que j'aide aux devoirs reçoit des menaces",
        "je suis animatrice en colonie, une fille m'a raconté qu'on lui demande des nudes",
        "je suis pédiatre, une patiente ado reçoit des menaces",
        "Léa est en 4e et on publie des photos d'elle",
        "mon neveu rentre en 6e et il reçoit des insultes",
        "je suis bénévole, un mineur du quartier vend des photos",
        "je suis entraîneur de foot, un gamin de l'équipe est insulté sur le groupe",
        "mon voisin est un ado, on le menace",
        "l'élève refuse de venir, il est menacé sur snap",
        "mon petit cousin se fait insulter",
        "Enseignante, l'une de nos élèves m'a confié qu'on la menace",
        "mes élèves se filment et publient tout",
        "ma classe a fait un groupe pour se moquer d'une fille",
        "au collège tout le monde a vu la photo de mon pote",
        "un pote de mon lycée va pas bien",
        "assistante sociale en collège, une jeune fille me dit qu'on diffuse ses photos",
        "J'écris pour ma petite cousine, un homme lui écrit sur discord",
        "Je suis directrice d'école, des CM1 ont reçu un lien bizarre",
        "un gosse de mon immeuble se fait menacer sur snap",
        "maîtresse de CP, un enfant raconte des choses graves",
        "Nous avons une élève déscolarisée à cause d'un compte anonyme",
        "psychologue scolaire, un adolescent m'a parlé d'idées noires",
        "on a un élève de terminale qui subit du chantage",
        "dans mon collège y'a un compte gossip",
        "ma prof a dit de vous écrire, je suis au lycée",
        "moi je suis mineur est ce que je peux porter plainte",
        "ma filleule est en CE2, elle a vu des images",
        "surveillant dans un lycée, un interne pleure tous les soirs",
        "la petite soeur de mon pote envoie des photos à un inconnu",
    ],
)
def test_words_that_plainly_say_a_minor(said: str) -> None:
    assert told(said)[MINOR] == "oui"


@pytest.mark.parametrize(
    "said",
    [
        "mon petit copain me frappe",
        "je suis prof de fac, une de mes étudiantes est menacée",
        "mon petit ami a publié mes photos",
        "je suis étudiante, on me harcèle",
        "ma petite amie est harcelée",
        "ma meilleure amie se fait harceler sur insta",
        "mon mari m'espionne avec mon téléphone",
        "je suis prof, un élève me menace",
        "je suis enseignante, des élèves ont créé un faux compte à mon nom",
        "professeur, mon profil a été copié par un élève",
        "un élève a piraté mon compte",
        "je suis CPE, un élève a piraté mon compte",
        "mon petit frère me frappe",
        "des ados m'insultent dans le bus",
        "je suis élève infirmière, ma tutrice m'humilie",
        "moniteur d'auto-école, une élève est harcelée par son ex",
        "quand j'étais au collège on me frappait",
        "quand j'avais 14 ans j'étais lycéen et un prof a fait des photos",
        "j'ai 34 ans, mon petit frère est harcelé au travail",
        "le petit frère de mon mari est menacé",
        "ma classe de BTS a un groupe où on se moque de lui",
        "je suis prof de yoga, une élève est suivie par son ex",
        "j'ai élevé mes frères seul",
        "il l'élève seul et il menace de partir",
        "le prix est élevé",
        "je travaille au collège et on me harcèle",
        "je suis proviseur au lycée, une collègue est harcelée",
        "une élève de BTS est menacée",
        "une élève majeure est menacée",
        "ma grande soeur est harcelée",
        "mon voisin reçoit des menaces",
        "il est en première ligne",
        "la vidéo est en première page de google",
        "c'est la 3e fois qu'il le fait",
        "il y a 10 ans, une élève a disparu",
        "j'habite au 4e étage",
        "mon colocataire est en master et il est harcelé",
        "je suis éducateur en foyer de jeunes travailleurs, un jeune est harcelé",
        "CPE, une collègue reçoit des menaces",
        "bonjour",
        "il veut 200 euros sinon il publie",
        "ma collègue est harcelée par un ancien élève",
        "je suis formatrice au greta, une élève est menacée par son mari",
        "mon ex petit ami diffuse mes photos intimes",
        "mon petit mari adoré",
        "je cherche un petit boulot, on m'a arnaqué",
        "elle est en deuxième année de licence, il la menace",
        "j'ai 42 ans et ma petite soeur est battue par son mari",
        "ma mère est harcelée par un voisin",
        "je suis avocate, mon client est victime de chantage",
        "j'étais au lycée quand il a commencé, maintenant j'ai 30 ans",
        "le niveau d'alerte est élevé",
        "je suis enfermée chez moi",
        "je veux un enfant mais mon copain me frappe",
        "on me traite comme une gamine au bureau",
    ],
)
def test_words_that_may_as_well_be_said_of_an_adult(said: str) -> None:
    assert MINOR not in told(said)


def test_an_age_that_is_told_needs_no_such_words() -> None:
    known = learn(fold("je suis CPE, une élève de 15 ans est harcelée")[0])
    assert known.age_band is AgeBand.DE_15_A_17
    assert MINOR not in dict(known.named)
    grown = learn(fold("je suis formatrice, une élève de 19 ans est harcelée")[0])
    assert grown.age_band is AgeBand.MAJEUR
    assert MINOR not in dict(grown.named)


def test_who_writes_for_a_minor_is_counted_as_one_by_the_line() -> None:
    """The words alone, through the screen that reads every message: no model is asked."""
    screen = SpacyScreen()
    for_a_pupil = screen.screen("je suis infirmière scolaire, une élève se fait chanter")
    assert for_a_pupil.assessment.age_band is None, "no age is made up"
    assert line.concerns_minor(for_a_pupil.assessment)
    for_a_friend = screen.screen("ma meilleure amie se fait harceler")
    assert not line.concerns_minor(for_a_friend.assessment)
