"""Which platforms a message names: nicknames, slips, and ordinary words that only look like one."""

import pytest

from actions import facts as actions_facts
from bot.screen import platforms
from bot.screen.facts import plain
from bot.screen.normalise import fold


def named(text: str) -> str | None:
    return platforms.named(plain(fold(text)[0]))


@pytest.mark.parametrize(
    ("said", "platform"),
    [
        ("il m'a écrit sur insta puis sur snap", "instagram+snapchat"),
        ("un groupe wapp, et après fb", "whatsapp+facebook"),
        ("snap, insta, encore snap", "snapchat+instagram"),
        ("une page tik tok", "tiktok"),
        ("mon serveur disc", "discord"),
        ("je vends sur le bon coin", "leboncoin"),
        ("il joue à brawl stars et à League of Legends", "brawl stars+league of legends"),
        ("j'ai perdu mon compte lol", "league of legends"),
        ("accro à call of", "call of duty"),
        ("le contrôle parental de la switch", "nintendo switch"),
        ("ma PS5 est confisquée", "playstation"),
        ("avec chat gpt", "chatgpt"),
        ("character.ai lui répond", "character.ai"),
        ("google play me demande un code", "google play"),
        ("j'ai demandé à google", "google"),
        ("تم اختراق حسابي على فيسبوك", "facebook"),
        ("мій телеграм зламали", "telegram"),
        ("bir adam snapchatten yazıyor", "snapchat"),
    ],
)
def test_what_is_named(said: str, platform: str) -> None:
    assert named(said) == platform


@pytest.mark.parametrize(
    ("slip", "platform"),
    [
        ("instgram", "instagram"), ("insat", "instagram"), ("instaaaa", "instagram"),
        ("snpchat", "snapchat"), ("snpa", "snapchat"), ("snapp", "snapchat"),
        ("whatsap", "whatsapp"), ("watsapp", "whatsapp"), ("tiktoc", "tiktok"),
        ("discrod", "discord"), ("disocrd", "discord"), ("messanger", "messenger"),
        ("facebok", "facebook"), ("fbk", "facebook"), ("youtub", "youtube"),
        ("fornite", "fortnite"), ("robolx", "roblox"), ("linsta", "instagram"),
        ("vinetd", "vinted"), ("lebocnoin", "leboncoin"),
    ],
)  # fmt: skip
def test_slips_of_frequent_names(slip: str, platform: str) -> None:
    assert named(f"on m'insulte sur {slip} depuis hier") == platform


@pytest.mark.parametrize(
    "said",
    [
        "elle l'a mis dans sa story, dans le groupe de classe et sur un compte fisha",
        "on est allés au coco bar", "j'ai peur à tt le monde", "sur tt les comptes", "mdr lol",
        "il met un signal d'alarme", "mes parents d'en face", "face à lui je dis rien",
        "devant la télé", "un film x", "il me traite de gogole", "la discorde entre nous",
        "c'est moi qui switch de sujet", "il faut zoomer sur la photo", "un fruit à la cantine",
        "il m'a rendit mon sac, tarif réduit", "elle a volé mes robux", "j'ai plus de flammes",
        "il la promote partout", "c'est quoi un cod",
    ],
)  # fmt: skip
def test_ordinary_words_name_nobody(said: str) -> None:
    assert named(said) is None


@pytest.mark.parametrize(
    ("said", "platform"),
    [
        ("il poste sur x", "twitter"),
        ("mon compte tt a disparu", "tiktok"),
        ("un canal tg", "telegram"),
        ("un appel sur zoom", "zoom"),
        ("l'appli signal", "signal"),
        ("un vieux sur coco", "coco"),
        ("sur mon ig", "instagram"),
    ],
)
def test_doubtful_names_count_behind_their_cue(said: str, platform: str) -> None:
    assert named(said) == platform


def test_a_slip_never_turns_one_platform_into_another() -> None:
    for platform in platforms.NAMES:
        known = {one.platform for one in platforms._DOUBTFUL if one.name == plain(platform)}
        assert named(platform) == platform or platform in known or len(platform) < 5, platform


def test_the_bots_own_table_says_the_same() -> None:
    """The actions run in another interpreter and have a table of their own."""
    for name, platform in actions_facts.PLATFORMS.items():
        doubtful = {one.platform for one in platforms._DOUBTFUL if one.name == name}
        assert named(name) == platform or platform in doubtful, name


def test_time_is_linear() -> None:
    assert named("un snap " * 20_000) == "snapchat"
    assert named("a" * 100_000) is None
