"""The report's page and figures, and the readers behind them."""

import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

from benchmarks.evaluate import readers, report
from benchmarks.evaluate.cases import Labelled, Reading
from benchmarks.evaluate.measures import OF_THE_SCREEN, QUESTIONS
from benchmarks.evaluate.results import Evaluation, result
from core.labels import Issue, Role, Urgency

HOSTILE = "<script>alert('x')</script><img src=https://example.org/a.png> & \ud800"


def evaluation() -> Evaluation:
    truths = [
        Labelled(
            id=f"<b>{number}</b>",
            text=HOSTILE,
            issue=issue,
            urgency=urgency,
            role=Role.INCONNU,
            register="sms",
            source="danger",
        )
        for number, (issue, urgency) in enumerate(
            [
                (Issue.IDEATION_SUICIDAIRE, Urgency.CRITIQUE),
                (Issue.IDEATION_SUICIDAIRE, Urgency.CRITIQUE),
                (Issue.AUTRE_HORS_SUJET, Urgency.FAIBLE),
            ]
        )
    ]
    calm = Reading(issue=Issue.AUTRE_HORS_SUJET, urgency=Urgency.FAIBLE, confidence=0.7)
    grave = Reading(
        issue=Issue.IDEATION_SUICIDAIRE, urgency=Urgency.CRITIQUE, confidence=0.9, rules=("plan",)
    )
    run = readers.Run((calm, grave, calm), remarks=("<another> stood in",))
    return Evaluation(
        made_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        revision="abc",
        results=(
            result("whole", "whole", truths, run, QUESTIONS),
            result("screen_alone", "screen alone", truths, run, OF_THE_SCREEN),
        ),
        screen_seconds=(0.001, 0.002, 0.003),
    )


class Tags(HTMLParser):
    """What a browser makes of a page: its tags, what they ask for, its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.asked: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.asked += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_messages_as_text_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    page = report.write(evaluation(), tmp_path / "new" / "folder").read_text(encoding="utf-8")
    seen = Tags()
    seen.feed(page)
    assert not {"script", "link", "iframe", "b"} & set(seen.tags)
    assert len(seen.asked) == 5
    assert all(asked.startswith("data:image/png;base64,") for asked in seen.asked)
    assert "url(" not in page
    assert HOSTILE.replace("\ud800", "?") in seen.text
    assert "<another> stood in" in seen.text
    assert "default-src 'none'" in page


def test_the_figures_hold_every_measure_and_no_text(tmp_path: Path) -> None:
    report.write(evaluation(), tmp_path)
    written = (tmp_path / "figures.json").read_text()
    assert "alert" not in written
    told = json.loads(written)
    whole, screen = told["readers"]["whole"], told["readers"]["screen_alone"]
    assert set(whole["measures"]) == {question.key for question in QUESTIONS}
    assert set(screen["measures"]) == {question.key for question in OF_THE_SCREEN}
    recall = whole["measures"]["critique_recall"]
    assert (recall["value"], recall["count"]) == (0.5, 2)
    assert (recall["target"], recall["met"]) == ("≥ 0.98", False)
    assert whole["measures"]["everyday_alarmed"] is None
    assert whole["groups"]["register"]["sms"]["critique_recall"]["value"] == 0.5
    assert whole["mistakes"]["missed critique"] == ["danger:<b>0</b>"]
    assert sum(map(sum, whole["issue_confusion"]["counts"])) == 3
    assert told["messages"] == {"danger": 3}
    assert told["screen_latency_ms"]["p50"] == 2


def test_the_shipped_command_reads_without_a_model() -> None:
    texts = ["je vais me tuer ce soir", "bonjour\nà tous \ud800", "", "on a piraté mon insta"]
    done: list[int] = []
    run = readers.without_model(texts, done.append)
    assert [reading.urgency for reading in run.readings][:2] == [Urgency.CRITIQUE, Urgency.FAIBLE]
    assert run.readings[3].issue is Issue.PIRATAGE_COMPTE
    assert run.readings[3].platform == "instagram"
    assert run.readings[2].confidence is None
    assert 0 < (run.readings[3].confidence or 0) <= 1
    assert run.readings[0].rules
    assert done == [1, 2, 3, 4]


def test_the_screen_alone_is_timed_on_every_message() -> None:
    run, seconds = readers.screen_alone(["je vais me tuer ce soir", "bonjour"], lambda _: None)
    assert [reading.urgency for reading in run.readings] == [Urgency.CRITIQUE, Urgency.FAIBLE]
    assert len(seconds) == 2
    assert all(0 < one < 1 for one in seconds)
