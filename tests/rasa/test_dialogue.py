"""Whole conversations with the real Rasa, as (said, answered)."""

import pytest

from tests.rasa.conftest import Pair

Dialogue = list[tuple[str, list[str]]]

GOLDEN: dict[str, tuple[Dialogue, str | None]] = {
    "a young victim of sextortion answers five questions": (
        [
            ("un mec menace d'envoyer une vidéo à tout le monde",
             ["gesture_sextorsion", "ask_role"]),
            ("moi", ["ask_thoughts"]),
            ("non", ["ask_age"]),
            ("j'ai 15 ans", ["ask_platform"]),
            ("insta", ["ask_demand"]),
            ("depuis hier, il veut 200 euros", ["complete"]),
        ],
        "complete",
    ),
    "what the first message says is not asked again": (
        [
            ("j'ai 14 ans et mon ex a posté mes nudes sur snap",
             ["gesture_revenge_porn", "ask_thoughts"]),
            ("@no", ["ask_since"]),
            ("lundi", ["complete"]),
        ],
        "complete",
    ),
    "a parent is asked about the child": (
        [
            ("Ma fille de 12 ans est insultée sur un groupe Snapchat par sa classe",
             ["gesture_cyberharcelement_parent", "ask_thoughts_child"]),
            ("@skip", ["ask_since"]),
            ("@skip", ["complete_neutral"]),
        ],
        "complete",
    ),
    "choices only": (
        [
            ("bonjour", ["ask_story"]),
            ("@issue_account", ["gesture_piratage_compte", "ask_age"]),
            ("@age_adult", ["ask_platform"]),
            ("@platform_tiktok", ["ask_since"]),
            ("@skip", ["services_adults", "complete_neutral"]),
        ],
        "complete",
    ),
    "thoughts of dying end the questions": (
        [
            ("on me demande 300 euros sinon ils envoient ma vidéo",
             ["gesture_sextorsion", "ask_thoughts"]),
            ("@yes", ["danger_support"]),
        ],
        "danger",
    ),
    "a half yes is a yes": (
        [
            ("on me demande 300 euros sinon ils envoient ma vidéo",
             ["gesture_sextorsion", "ask_thoughts"]),
            ("parfois", ["danger_support"]),
        ],
        "danger",
    ),
    "danger in the middle of the form is not swallowed as an answer": (
        [
            ("on se moque de moi tous les jours sur le groupe de la classe",
             ["gesture_cyberharcelement", "ask_thoughts"]),
            ("jvé me tuer", ["danger_support"]),
        ],
        "danger",
    ),
    "asking for a person in the middle of the form": (
        [
            ("on se moque de moi tous les jours sur le groupe de la classe",
             ["gesture_cyberharcelement", "ask_thoughts"]),
            ("je veux parler à quelqu'un", ["asked_human"]),
        ],
        "asked_human",
    ),
    "the button does the same": (
        [
            ("on se moque de moi tous les jours sur le groupe de la classe",
             ["gesture_cyberharcelement", "ask_thoughts"]),
            ("@human", ["asked_human"]),
        ],
        "asked_human",
    ),
    "enough of questions": (
        [
            ("jme suis fait hacker mon insta", ["gesture_piratage_compte", "ask_age"]),
            ("stop arrête tes questions", ["declined"]),
        ],
        "declined",
    ),
    "a question about the service, then back to ours": (
        [
            ("un compte insta a été hacké", ["gesture_piratage_compte", "ask_role"]),
            ("c'est anonyme ?", ["faq_anonymity", "ask_role"]),
            ("moi", ["ask_age"]),
        ],
        None,
    ),
    "not understood once, then a person": (
        [
            ("oui", ["rephrase"]),
            ("14 ans", ["not_understood"]),
        ],
        "not_understood",
    ),
    "insults are met with dignity, then a person is offered": (
        [
            ("ferme ta gueule sale bot", ["insult_met"]),
            ("t'es nul", ["off_topic_again"]),
            ("un gars me fait du chantage avec une photo de moi nue",
             ["gesture_sextorsion", "ask_thoughts"]),
        ],
        None,
    ),
    "a refusal is no yes": (
        [
            ("mon ex a posté mes nudes sur snap", ["gesture_revenge_porn", "ask_thoughts"]),
            ("jai pas envie de repondre", ["refusal_accepted", "ask_age"]),
            ("@skip", ["ask_since"]),
            ("@skip", ["complete_neutral"]),
        ],
        "complete",
    ),
    "why we ask is told, and the question comes again": (
        [
            ("mon ex a posté mes nudes sur snap", ["gesture_revenge_porn", "ask_thoughts"]),
            ("pk tu me demande ca", ["faq_why", "ask_thoughts"]),
            ("non", ["ask_age"]),
            ("pk tu veux savoir", ["faq_why", "ask_age"]),
            ("attend", ["take_your_time", "ask_age"]),
            ("mes parents vont savoir ?", ["faq_parents", "ask_age"]),
            ("16 ans", ["ask_since"]),
        ],
        None,
    ),
    "only a time answers since when, and it is asked twice at most": (
        [
            ("mon ex a posté mes nudes sur snap", ["gesture_revenge_porn", "ask_thoughts"]),
            ("non", ["ask_age"]),
            ("@skip", ["ask_since"]),
            ("non mais jai tro peur", ["fear_heard", "ask_since"]),
            ("j'ai honte", ["shame_heard", "complete_neutral"]),
        ],
        "complete",
    ),
    "an amount and a duration are not asked again": (
        [
            ("depuis trois semaines un mec menace de publier ma vidéo il veut 150e",
             ["gesture_sextorsion", "ask_thoughts"]),
            ("non", ["ask_age"]),
            ("j'ai 13 ans", ["ask_platform"]),
            ("snap", ["complete"]),
        ],
        "complete",
    ),
    "a lycée tells the age": (
        [
            ("on m'insulte sur insta au lycée", ["gesture_cyberharcelement", "ask_thoughts"]),
            ("non", ["ask_since"]),
        ],
        None,
    ),
    "distress without a story is heard": ([("je me sens trop mal", ["tell_more"])], None),
    "a call for help": ([("aidez moi", ["call_heard"])], "asked_human"),
    "an image is never sent": ([("jpeux tenvoyer la photo", ["faq_photo"])], None),
    "a game and a joke are no danger": (
        [
            ("mdr je vais mourir si j'ai pas ma ps5", ["off_topic"]),
            ("la flemme de vivre ptdr", ["off_topic_again"]),
        ],
        None,
    ),
    "thanks": ([("merci beaucoup", ["thanks_reply"])], None),
}  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(bot: Pair, name: str) -> None:
    dialogue, hand_over = GOLDEN[name]
    events: list[dict[str, object]] = []
    for said, answered in dialogue:
        tapped = said.startswith("@")
        reply = bot.turn("" if tapped else said, choice=said[1:] if tapped else None, events=events)
        assert reply.status == 200, (said, reply)
        assert reply.said == answered, said
        events = reply.body["events"]
    assert reply.body["hand_over"] == hand_over


def test_facts_come_back(bot: Pair) -> None:
    facts = bot.talk(
        "un mec menace d'envoyer ma vidéo", "@no", "@age_15_17", "discord", "depuis hier"
    ).body["facts"]
    assert facts == {
        "role": "victime_mineure",
        "platform": "discord",
        "age_band": "15_17",
        "since": "depuis hier",
        "death_thoughts": "non",
    }


def test_known_facts_are_not_asked(bot: Pair) -> None:
    known = {"role": "professionnel", "platform": "tiktok"}
    reply = bot.turn("des élèves se moquent d'une camarade en ligne", known=known)
    assert reply.said == ["gesture_cyberharcelement_pro", "ask_thoughts_other"]


def test_an_unknown_role_is_asked(bot: Pair) -> None:
    assert "ask_role" in bot.turn("du harcèlement en ligne", known={"role": "inconnu"}).said


def test_what_the_gateway_screens_decides(bot: Pair) -> None:
    decided = {"danger": {"danger": "critique"}, "asked_human": {"asked_human": True}}
    for reason, known in decided.items():
        reply = bot.turn("jme suis fait hacker mon insta", known=known)
        assert reply.body["hand_over"] == reason
        assert reply.body["understood"]["issue"] == "piratage_compte"


def test_what_was_understood(bot: Pair) -> None:
    understood = bot.turn("mon ex menace de balancer nos vidéos intimes").body["understood"]
    assert understood["issue"] == "revenge_porn"
    assert 0 < understood["issue_confidence"] <= 1
    assert len(understood["issue_ranking"]) == 5
    assert understood["issue_ranking"][0][0] == "revenge_porn"
    assert bot.turn("jveux mourir").body["understood"]["danger_probability"] > 0.5


def test_an_answer_does_not_change_the_subject(bot: Pair) -> None:
    reply = bot.talk("mon ex a posté mes nudes", "@no", "@skip", "insta", "il veut de l'argent")
    assert reply.body["understood"]["issue"] == "revenge_porn"


def test_thoughts_of_dying_come_first_and_keep_their_cause(bot: Pair) -> None:
    understood = bot.talk("mon ex a posté mes nudes", "@yes").body["understood"]
    assert understood["issue"] == "ideation_suicidaire"
    assert understood["issue_secondary"] == "revenge_porn"


def test_a_reason_is_told_once(bot: Pair) -> None:
    first = bot.turn("je veux parler à quelqu'un")
    assert first.body["hand_over"] == "asked_human"
    again = bot.turn("merci", events=first.body["events"])
    assert again.body["hand_over"] is None


def test_a_bare_age_is_the_age(bot: Pair) -> None:
    reply = bot.talk("mon ex a posté mes nudes sur snap", "non", "@skip", "12 ans")
    assert reply.said == ["ask_since"]
    assert reply.body["facts"]["age_band"] == "moins_15"
    assert reply.body["facts"]["role"] == "victime_mineure"


def test_what_does_not_answer_is_not_recorded(bot: Pair) -> None:
    told = ("mon ex a posté mes nudes sur snap", "jai pas envie de repondre", "@skip", "non")
    facts = bot.talk(*told).body["facts"]
    assert facts["death_thoughts"] == facts["since"] == "non_dit"


def test_an_amount_told_early_is_not_asked_for_later(bot: Pair) -> None:
    told = ("un mec menace d'envoyer une vidéo à tout le monde", "moi, il veu 150e", "non")
    reply = bot.talk(*told, "@skip", "snap")
    assert reply.said == ["complete"]
    assert reply.body["facts"]["since"] == "150e"


def test_all_that_one_answer_tells_is_not_asked_again(bot: Pair) -> None:
    told = ("du harcèlement en ligne", "c'est pour moi j'ai 15 ans sur snap depuis lundi")
    assert bot.talk(*told).said == ["ask_thoughts"]
    reply = bot.talk(*told, "non")
    assert reply.said == ["complete"]
    assert reply.body["facts"] == {
        "role": "victime_mineure",
        "platform": "snapchat",
        "age_band": "15_17",
        "since": "depuis lundi",
        "death_thoughts": "non",
    }
    reply = bot.talk("mon ex a posté mes nudes", "non j'ai 13 ans c'était sur insta")
    assert reply.said == ["ask_since"]


def test_who_writes_for_a_friend_may_say_so_late(bot: Pair) -> None:
    reply = bot.talk("on me harcèle sur insta", "c pour ma pote en fait")
    assert reply.said == ["path_friend", "ask_thoughts_other"]
    assert reply.body["facts"]["role"] == "temoin_ami"


def test_not_knowing_how_to_begin_is_no_misunderstanding_to_apologise_for(bot: Pair) -> None:
    assert bot.turn("je sais pas quoi faire").said == ["start_anywhere"]


def test_what_was_typed_before_the_question_is_no_answer(bot: Pair) -> None:
    before = bot.talk("mon ex a posté mes nudes sur snap")
    reply = bot.turn("oui", events=before.body["events"], known={"early": "true"})
    assert reply.said == ["read_too", "ask_thoughts"]
    assert reply.body["facts"]["death_thoughts"] is None
    assert bot.turn("non", events=reply.body["events"]).said == ["ask_age"]


def test_an_early_message_that_states_a_fact_spares_its_question(bot: Pair) -> None:
    before = bot.talk("mon ex a posté mes nudes sur snap", "non")
    assert before.said == ["ask_age"]
    reply = bot.turn("j'ai 15 ans", events=before.body["events"], known={"early": "true"})
    assert reply.said == ["read_too", "ask_since"]
    assert reply.body["facts"]["age_band"] == "15_17"


def test_an_early_message_may_answer_the_last_question(bot: Pair) -> None:
    before = bot.talk("mon ex a posté mes nudes sur snap", "non", "@skip")
    assert before.said == ["ask_since"]
    reply = bot.turn("depuis hier", events=before.body["events"], known={"early": "true"})
    assert reply.body["hand_over"] == "complete"


def test_danger_is_never_only_early(bot: Pair) -> None:
    before = bot.talk("mon ex a posté mes nudes sur snap")
    for text, reason in (("jvé me tuer", "danger"), ("je veux parler à quelqu'un", "asked_human")):
        reply = bot.turn(text, events=before.body["events"], known={"early": "true"})
        assert reply.body["hand_over"] == reason


def test_a_bare_fear_is_no_problem_yet(bot: Pair) -> None:
    for text in ("jai peur", "j'ai trop peur", "jai honte", "😭😭"):
        reply = bot.turn(text)
        assert reply.said == ["tell_more"], text
        assert reply.body["understood"]["issue"] is None


def test_the_age_of_who_does_it_is_not_the_age_of_who_writes(bot: Pair) -> None:
    facts = bot.turn("un adulte il a 30 ans me demande des nudes sur snap").body["facts"]
    assert facts["age_band"] is None


def test_a_father_hears_of_his_child(bot: Pair) -> None:
    reply = bot.turn("on l'insulte tous les jours sur snap", known={"role": "parent"})
    assert reply.said == ["gesture_cyberharcelement_parent", "ask_thoughts_child"]


def test_a_teacher_hears_of_the_images(bot: Pair) -> None:
    told = "Je suis enseignante, des photos intimes d'une élève circulent sur Snapchat"
    assert bot.turn(told).said == ["gesture_revenge_porn_pro", "ask_thoughts_other"]


def test_what_only_sounds_like_danger_is_heard_where_the_gateway_saw_none(bot: Pair) -> None:
    alone = bot.turn("jen peux plus")
    assert alone.body["hand_over"] == "danger"
    read = bot.turn("jen peux plus", known={"urgency": "moderee"})
    assert read.body["hand_over"] is None
    critical = bot.turn(
        "jen peux plus", known={"urgency": "elevee", "issue": "ideation_suicidaire"}
    )
    assert critical.body["hand_over"] == "danger"


@pytest.mark.parametrize("form", [False, True], ids=["at once", "in the questions"])
def test_a_wish_for_a_person_is_heard_beside_a_question(bot: Pair, form: bool) -> None:
    events = bot.turn("on me harcèle sur snap").body["events"] if form else []
    text = "je veux parler à quelqu'un, c'est gratuit ?"
    reply = bot.turn(text, events=events, known={"asked_human": "true"})
    assert reply.said == ["faq_free", "asked_human"]
    assert reply.body["hand_over"] == "asked_human"


def test_a_question_that_sounds_like_a_wish_is_only_answered(bot: Pair) -> None:
    reply = bot.turn("tu es un robot ou une vraie personne ?")
    assert reply.said == ["faq_robot"]
    assert reply.body["hand_over"] is None


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("someone is threatening to post my nudes if i dont pay", "en"),
        ("شخص يهددني بنشر صوري", "ar"),
        ("un mec menace d'envoyer une vidéo à tout le monde", None),
    ],
)
def test_the_language_of_a_message_that_is_plainly_not_french_is_told(
    bot: Pair, said: str, language: str | None
) -> None:
    assert bot.turn(said).body["language"] == language
