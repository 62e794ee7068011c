"""Which networks, messengers, games and online services a message names. Data, and its reader.

A platform is named or it is absent: a story, a server, a flame or a coin names nobody.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.screen.normalise import fold

#: Every canonical name, and the other ways to write it, nicknames and frequent slips. One slip of
#: the finger in the most frequent ones need not be listed: see `_FREQUENT`.
NAMES: dict[str, str] = {
    # Networks
    "instagram": "insta, instagrame, insat, isnta, intsa, inta, instat, insta gram, igram, "
                 "انستغرام, انستجرام, انستا, انستقرام, инстаграм, инста, インスタ",
    "snapchat": "snap, snape, snpa, sanp, spna, snp, snaps, snapmap, snap map, snapchate, "
                "snap chat, snapp, snapchap, سناب, سناب شات, سنابشات, снапчат, снэпчат",
    "tiktok": "tik tok, tiktoc, tik toc, titok, tic tok, tictok, tiktoks, tiktk, تيك توك, تيكتوك, "
              "тикток, тик ток, 抖音",
    "facebook": "fb, fbk, face book, facebok, fbook, faceboock, face de bouc, fesbook, fesbouk, "
                "facebooc, marketplace, market place, فيسبوك, فايسبوك, الفيس, фейсбук, 脸书",
    "twitter": "twiter, تويتر, твиттер",
    "threads": "",
    "bereal": "be real, bireal, be reel",
    "yubo": "yuob, yobo, ybuo, yubbo",
    "reddit": "subreddit, subreddits",
    "pinterest": "",
    "linkedin": "linked in, linkdin, linkdine",
    "tumblr": "tumbler",
    "mastodon": "",
    "bluesky": "",
    "tellonym": "",
    "ngl": "",
    "wizz": "",
    "wattpad": "watpad",
    "webtoon": "webtoons, web toon",
    "strava": "",
    "copains d'avant": "",
    "vk": "vkontakte",
    # Messengers and calls
    "whatsapp": "whatsap, whats app, what s app, wathsapp, wattsapp, watsap, watsapp, wattsap, "
                "whatapp, whatssap, whattsapp, whatsaap, wapp, wap, wsp, wapps, wazap, wadzap, "
                "whatsup, واتساب, واتس اب, واتس, ватсап, вотсап, вацап",
    "messenger": "messanger, messengers, messneger, mesenger, msn messenger, ماسنجر, месенджер",
    "discord": "disc, disco rd, disocrd, discrod, dscord, ديسكورد, дискорд",
    "telegram": "telegramme, telegrame, tlgrm, telegramm, تلغرام, تليجرام, تيليجرام, تلجرام, "
                "телеграм, телеграмм, телеграме, телеграмі",
    "signal": "",
    "viber": "вайбер, вайбері",
    "skype": "skipe, skyp, скайп",
    "wechat": "微信",
    "kik": "",
    "facetime": "face time",
    "imessage": "",
    "zoom": "",
    "teams": "microsoft teams, ms teams",
    "omegle": "",
    "ome.tv": "ometv, ome tv",
    "chatroulette": "chat roulette",
    "coco": "coco gg, coco fr, coco chat, cocoland",
    "azar": "",
    "monkey": "monkey app",
    # Videos, music, streams
    "youtube": "ytb, yt, you tube, utube, youtub, youtbe, youtbue, yutub, yutube, iutube, ioutube, "
               "youtoube, يوتيوب, ютуб, ютьюб, ютубі, ютубе",
    "twitch": "twich, tiwtch, twitsh, twicth",
    "kick": "",
    "bigo live": "bigo",
    "spotify": "",
    "deezer": "",
    "soundcloud": "",
    "netflix": "netfilx, netfix, netlfix, netflic",
    "disney plus": "disney +, disneyplus",
    "prime video": "amazon prime",
    "canal plus": "canalplus, my canal, mycanal",
    "crunchyroll": "crunchy roll",
    "pornhub": "porn hub",
    "xhamster": "",
    "onlyfans": "only fans, onlyfan, only fan",
    "mym": "mym fans",
    # Meeting people
    "tinder": "inder",
    "grindr": "grinder",
    "meetic": "",
    "badoo": "",
    "happn": "",
    "hinge": "",
    "bumble": "",
    "fruitz": "",
    "habbo": "habo, habbo hotel",
    # Games and consoles
    "roblox": "robloxe, roblocks, roblocs, robox, roblx, roblos, rolblox, robolx, روبلوكس, роблокс",
    "blox fruits": "blox fruit, bloxfruit, bloxfruits",
    "fortnite": "fortnit, fornite, fortenite, fornit, fort nite, fornaite, fortnaite",
    "minecraft": "mine craft, mincraft, maincraft, minecraf, mainecraft, майнкрафт",
    "valorant": "valo, valo rant",
    "league of legends": "league of legend, league of",
    "counter-strike": "counter strike, csgo, cs go, cs2, cs 2",
    "call of duty": "call of, callof, warzone, cod mobile, call of dutty, calof",
    "gta": "gta 5, gta v, gta rp, gta online",
    "fifa": "fifa mobile",
    "ea fc": "eafc, fc 24, fc 25, fc24, fc25, fc 26, fc26, ea sports fc",
    "brawl stars": "brawl star, brawlstars, brawlstar, braw star, braw stars, "
                   "brol star, brol stars, brawl starz, brawl",
    "clash royale": "clash royal, clashroyale",
    "clash of clans": "clash of clan",
    "among us": "amongus, amongs us",
    "rocket league": "rocketleague, rocket ligue",
    "overwatch": "",
    "rainbow six": "rainbow 6",
    "apex legends": "apex legend",
    "world of warcraft": "",
    "genshin impact": "genshin",
    "pokemon go": "pokemongo, pokemo ngo",
    "free fire": "freefire",
    "mario kart": "mariokart",
    "candy crush": "",
    "geometry dash": "geometri dash",
    "gorilla tag": "gorila tag",
    "vrchat": "vr chat",
    "rec room": "recroom",
    "dofus": "",
    "undertale": "",
    "poppy playtime": "",
    "les sims": "sims, sims 4, les sims 4",
    "subway surfers": "subway surf",
    "hay day": "",
    "playstation": "play station, psn, ps3, ps4, ps5, ps 4, ps 5, playstaion, playsation, "
                   "plystation, plays tation",
    "xbox": "x box, ex box",
    "nintendo switch": "",
    "nintendo": "",
    "steam": "steem, staem",
    "epic games": "epic game, epicgames",
    "scratch": "",
    # Shops, money, everyday services
    "vinted": "vintd, vinetd, vintde, vintid",
    "leboncoin": "le bon coin, lbc, lebon coin, leboncoint",
    "ebay": "e bay",
    "amazon": "amazone",
    "aliexpress": "ali express",
    "shein": "",
    "temu": "",
    "wish": "",
    "zalando": "",
    "ouedkniss": "",
    "paypal": "pay pal",
    "revolut": "",
    "lydia": "",
    "wero": "",
    "paylib": "",
    "payconiq": "",
    "bizum": "",
    "binance": "",
    "coinbase": "",
    "winamax": "",
    "betclic": "",
    "unibet": "",
    "airbnb": "air bnb",
    "booking": "",
    "blablacar": "bla bla car",
    "uber eats": "ubereats",
    "uber": "",
    "deliveroo": "",
    "doctolib": "",
    "ameli": "",
    "sncf connect": "",
    "pass culture": "",
    "change.org": "change org",
    "canva": "",
    "duolingo": "",
    # Accounts, mail, phones
    "google": "gogle, goggle, gougle, googel, googl, google photo, google photos, google drive, "
              "google chrome, google home, جوجل, غوغل, гугл",
    "google play": "play store, playstore",
    "google maps": "google map, googlemaps",
    "google classroom": "",
    "gmail": "gmial, gmai, gemail, g mail",
    "outlook": "hotmail, hotmial, otmail",
    "yahoo": "",
    "apple": "",
    "app store": "appstore, apple store",
    "icloud": "i cloud, iclood",
    "itunes": "i tunes",
    "microsoft": "",
    "meta": "",
    "edge": "",
    "siri": "",
    "alexa": "",
    "wikipedia": "",
    "life360": "life 360",
    "family link": "familylink, famili link, family links, familly link",
    "qustodio": "",
    "bitdefender": "",
    "kaspersky": "",
    # School
    "pronote": "pronot, prnote, pornote",
    "ecoledirecte": "ecole directe, ecole direct",
    "parcoursup": "parcour sup, parcours sup, parcoursuo, parcousup, parcoursrup",
    "smartschool": "smart school",
    "klassroom": "",
    "educartable": "",
    "moodle": "",
    "pix": "",
    # Talking machines
    "chatgpt": "chat gpt, chatgtp, chat gtp, gpt, chatjpt, tchat gpt, chagpt",
    "character.ai": "character ai, caracter ai, characterai, caractere ai, character a i",
    "replika": "",
    "gemini": "",
    "copilot": "",
}  # fmt: skip


class Doubtful(NamedTuple):
    """A name that is also an ordinary word: it counts right behind one of `cues`, an article or a
    possessive between them, and not before one of `unless`."""

    platform: str
    name: str
    cues: frozenset[str]
    unless: frozenset[str] = frozenset()


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ON = _set("sur sr su ssur via compte comptes conte profil appli app application site auf pe")
_PLAY = _set("sur sr joue jouer joué jouait jouais jouent joues jou jeu jeux serveur serv compte"
             " team game games partie parties ranked skin skins rang rank duo")  # fmt: skip
_MINE = _set("mon mn ton son notre un")
_GROUP = _set("groupe grp groupes canal conv message messages msg")
_THE = _set("la ma sa ta une notre leur sur nintendo console l")
# "sur tt les comptes": SMS French for "tout" or "tous".
_COUNTED = _set("le les la mes ses tes ces ce cette mon ma ton ta son sa notre votre leur leurs l"
                " un une moi toi lui eux ca sa nos vos ton nu nue seul")  # fmt: skip

_DOUBTFUL = (
    Doubtful("twitter", "x", _ON | _set("tweets tweet twitter")),
    Doubtful("tiktok", "tt", _ON | _MINE | _set("live video videos vid"), _COUNTED),
    Doubtful("telegram", "tg", _ON | _GROUP),
    Doubtful("telegram", "tele", _set("via appli groupe canal")),
    Doubtful("instagram", "ig", _ON | _MINE | _GROUP),
    Doubtful("whatsapp", "wa", _ON | _GROUP),
    Doubtful("whatsapp", "whats", _ON | _GROUP),
    Doubtful("facebook", "face", _set("sur compte profil"), _set("a de au du")),
    Doubtful("signal", "signal", _ON | _GROUP, _set("d de")),
    Doubtful("threads", "threads", _ON),
    Doubtful("ngl", "ngl", _ON | _GROUP | _set("lien link question questions")),
    Doubtful("wizz", "wizz", _ON),
    Doubtful("zoom", "zoom", _ON | _set("appel cours reunion visio lien reu"), _set("sur")),
    Doubtful("teams", "teams", _ON | _GROUP | _set("appel cours reunion visio lien")),
    Doubtful("ome.tv", "ome", _ON),
    Doubtful("coco", "coco", _ON | _set("dpui depuis")),
    Doubtful("monkey", "monkey", _ON),
    Doubtful("kick", "kick", _ON | _set("live")),
    Doubtful("hinge", "hinge", _ON),
    Doubtful("bumble", "bumble", _ON),
    Doubtful("azar", "azar", _ON),
    Doubtful("vk", "vk", _ON),
    Doubtful("league of legends", "lol", _PLAY - _set("jeu jeux")),
    Doubtful("counter-strike", "cs", _PLAY | _set("caisse caisses")),
    Doubtful("call of duty", "cod", _PLAY),
    Doubtful("rainbow six", "r6", _PLAY | _set("conseils siege")),
    Doubtful("apex legends", "apex", _PLAY),
    Doubtful("clash royale", "clash", _PLAY),
    Doubtful("pokemon", "pokemon", _PLAY | _set("carte cartes booster boosters")),
    Doubtful("nintendo switch", "switch", _THE),
    Doubtful("nintendo switch", "swich", _THE),
    Doubtful("playstation", "play", _set("la ma sa ta"), _set("list liste store")),
    Doubtful("scratch", "scratch", _ON | _set("jeu projet")),
    Doubtful("wish", "wish", _ON),
    Doubtful("booking", "booking", _ON),
    Doubtful("lydia", "lydia", _ON | _set("par virement")),
    Doubtful("uber", "uber", _set("chauffeur un mon l appli sur compte course")),
    Doubtful("meta", "meta", _ON | _set("par chez ke que de support")),
    Doubtful("edge", "edge", _ON | _set("par navigateur microsoft")),
    Doubtful("alexa", "alexa", _set("enceinte demande dit parle demander")),
    Doubtful("pix", "pix", _ON | _set("test certif certification")),
    Doubtful("gemini", "gemini", _ON | _set("demande ia")),
    Doubtful("copilot", "copilot", _ON | _set("demande ia")),
    Doubtful("google", "chrome", _ON | _set("navigateur")),
    Doubtful("app store", "store", _set("app")),
    Doubtful("ea", "ea", _ON - _set("sur")),
)  # fmt: skip

# Named so often that one slip in them (a letter too many, too few, changed, swapped) is recognised.
_FREQUENT = _set(
    "instagram snapchat tiktok facebook twitter whatsapp messenger discord telegram youtube twitch"
    " roblox fortnite minecraft netflix vinted leboncoin pronote google playstation paypal spotify"
    " linkedin onlyfans valorant parcoursup ecoledirecte pinterest reddit bereal tinder omegle"
    " chatgpt"
)
# Words of French or English, and family names, that are one slip away from one of these.
_ORDINARY = _set(
    "discorde discordes discard distord boreal boreale bereau bernal bertal berval berea tendre"
    " tender tinker linder tinter vented vinter minted gogol gogole gogols googles pronom pronoms"
    " promote"
    " reduit rendit redit redits credit papal fortuite messager twister twitte sportify"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What other languages and haste hang on a long name: snapchatten, instagramul, tiktokta.
_STEMS = ("snapchat", "instagram", "facebook", "tiktok", "whatsapp", "discord", "roblox", "youtube")
_ENDINGS = _set("ta da te de ten dan den tan ul u e em a ie s un im in")
_ARTICLES = _set("le la les l un une mon mn ma mes ton ta tes son sa ses de du d leur notre o au a")


def _slips(word: str) -> Iterator[str]:
    """`word` with one letter left out, doubled, changed, added, or two swapped; not the first."""
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
            yield head[:-1] + tail[0] + head[-1] + tail[1:] if at > 1 else word
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _plain(name: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(name)[0]).split())


def _words() -> tuple[dict[str, str], dict[str, list[tuple[tuple[str, ...], str]]]]:
    """Platforms by the single words that name them; and, by their first word, the names of several
    words, longest first."""
    doubtful = {one.name for one in _DOUBTFUL}
    single: dict[str, str] = {}
    several: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for platform, others in NAMES.items():
        for name in map(_plain, (platform, *others.split(","))):
            first, *rest = name.split() or [""]
            if rest and name.isascii():
                several.setdefault(first, []).append((tuple(rest), platform))
            elif name and name.isascii() and name not in doubtful:
                single[name] = platform
    for entries in several.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    for name, platform in list(single.items()):
        if len(name) >= 5 and name[0] in "aeiou":  # without its apostrophe: "linsta", "dicloud"
            single.setdefault("l" + name, platform)
            single.setdefault("d" + name, platform)
        if name in _FREQUENT:
            for slip in _slips(name):
                if slip not in _ORDINARY:
                    single.setdefault(slip, platform)
    for stem in _STEMS:
        for ending in _ENDINGS:
            if stem + ending not in _ORDINARY:
                single.setdefault(stem + ending, single[stem])
    return single, several


def _foreign() -> list[tuple[str, str]]:
    """Names in scripts that glue their small words on, or leave no space between words."""
    found = [(_plain(n), p) for p, others in NAMES.items() for n in others.split(",")]
    return [(name, platform) for name, platform in found if not name.isascii()]


_SINGLE, _SEVERAL = _words()
_FOREIGN = _foreign()
_DOUBTFUL_BY_NAME: dict[str, list[Doubtful]] = {
    name: list(group)
    for name, group in itertools.groupby(sorted(_DOUBTFUL, key=lambda d: d.name), lambda d: d.name)
}
_RUN = re.compile(r"(.)\1{2,}")


def named(said: str) -> str | None:
    """The platforms named in a text without punctuation (`facts.plain`), in order, joined by "+";
    None if none is."""
    tokens = said.split()
    if _RUN.search(said):
        tokens = [_short(token) for token in tokens]
    found: dict[str, None] = {}
    past = 0
    for at, token in enumerate(tokens):
        if at < past:
            continue
        platform = _SINGLE.get(token)
        for rest, longer in _SEVERAL.get(token, ()):
            if tuple(tokens[at + 1 : at + 1 + len(rest)]) == rest:
                platform, past = longer, at + 1 + len(rest)
                break
        if platform is None and token in _DOUBTFUL_BY_NAME:
            doubts = _DOUBTFUL_BY_NAME[token]
            platform = next((one.platform for one in doubts if _meant(one, tokens, at)), None)
        if platform is not None:
            found[platform] = None
    if not said.isascii():
        for name, platform in _FOREIGN:
            if name in said:
                found[platform] = None
    return "+".join(found) or None


def _short(token: str) -> str:
    """ "instaaaa" as "insta": a run of letters counts once unless the name is known with it."""
    return _RUN.sub(r"\1", token)


def _meant(doubt: Doubtful, tokens: Sequence[str], at: int) -> bool:
    """Whether the words around say that the name is meant, not the ordinary word."""
    if at + 1 < len(tokens) and tokens[at + 1] in doubt.unless:
        return False
    before = tokens[max(0, at - 2) : at]
    if before and before[-1] in doubt.cues:
        return True
    return len(before) == 2 and before[1] in _ARTICLES and before[0] in doubt.cues
