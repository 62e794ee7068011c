"""The report: a page that needs nothing but itself, and its figures.

The page has no script and makes no request: plots are inside it, and its policy forbids the rest.
Whatever a message says is shown as text.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from benchmarks.evaluate import plots
from benchmarks.evaluate.bootstrap import RESAMPLES, Measure
from benchmarks.evaluate.cases import Case
from benchmarks.evaluate.diagnosis import Mistake, calibration, latency, mistakes
from benchmarks.evaluate.measures import OF_A_GROUP, QUESTIONS, Target, issue_scores, measured
from benchmarks.evaluate.results import Evaluation, figures, grouped

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 88rem; padding: 0 1rem }
table { border-collapse: collapse; display: block; margin: .5rem 0 1.5rem; overflow-x: auto;
  font-variant-numeric: tabular-nums }
th, td { border-bottom: 1px solid #d5dae0; padding: .25rem .5rem; text-align: left;
  vertical-align: top }
th { white-space: nowrap }
bdi { display: block; min-width: 20rem; overflow-wrap: anywhere }
img { max-width: 100% }
figure { display: inline-block; margin: 0 1rem 1rem 0; vertical-align: top }
.met { color: #1b5e20 } .missed { color: #b3261e; font-weight: 600 }
small { color: #59636e; white-space: nowrap }
"""
_HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Relais: evaluation of triage</title>
<style>{_STYLE}</style>
</head>
<body>
"""


def write(evaluation: Evaluation, folder: Path) -> Path:
    """Write `index.html` and `figures.json` into the folder, which need not exist; the page."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps(figures(evaluation), indent=1)
    (folder / "figures.json").write_text(told + "\n", encoding="utf-8")
    page = folder / "index.html"
    # A lone surrogate is legal in JSON's escapes, but not in UTF-8.
    page.write_text(html(evaluation), encoding="utf-8", errors="replace")
    return page


def html(evaluation: Evaluation) -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_parts(evaluation), "</body>\n</html>\n"])


def _parts(evaluation: Evaluation) -> Iterator[str]:
    main = evaluation.main
    made = evaluation.made_at.strftime("%Y-%m-%d %H:%M %Z")
    yield "<h1>Evaluation of triage</h1>"
    yield f"<p>{_text(f'{made}, revision {evaluation.revision}: {evaluation.described}.')}</p>"
    for remark in main.remarks:
        yield f'<p class="missed">{_text(remark)}</p>'
    yield "<h2>Measures</h2>"
    yield _table(
        ["measure", "target", *(result.name for result in evaluation.results)],
        (
            [
                _text(question.name),
                _text(question.target or ""),
                *(
                    _figure(result.measures.get(question.key), question.target)
                    for result in evaluation.results
                ),
            ]
            for question in QUESTIONS
        ),
    )
    yield (
        f"<p>In brackets: 95 % bootstrap intervals ({RESAMPLES} draws, fixed seed) and the number "
        "of messages. Where nothing, or everything, is right, drawing again shows no spread: of n "
        "messages, up to 3/n may still be otherwise.</p>"
    )
    for kind, groups in grouped(main.cases).items():
        yield f"<h2>By {kind} ({_text(main.name)})</h2>"
        yield _groups(kind, groups)
    yield "<h2>By issue, strict</h2>"
    yield _table(
        ["issue", "messages", "precision", "recall", "F1"],
        (
            [_text(score.issue), str(score.count)]
            + ["" if s is None else f"{s:.2f}" for s in (score.precision, score.recall, score.f1)]
            for score in issue_scores(main.cases)
        ),
    )
    yield "<h2>Plots</h2>"
    yield from _plots(evaluation)
    yield f"<h2>Mistakes ({_text(main.name)})</h2>"
    yield _mistakes(mistakes(main.cases))
    yield "<h2>Critical messages that the screen alone misses</h2>"
    missed = [one for one in mistakes(evaluation.screen.cases) if one[0] is Mistake.MISSED_CRITIQUE]
    yield _mistakes(missed)


def _groups(kind: str, groups: dict[str, list[Case]]) -> str:
    rows = []
    for name, cases in groups.items():
        answers = measured(OF_A_GROUP, cases)
        told = [_figure(answers[question.key], question.target) for question in OF_A_GROUP]
        rows.append([_text(name), str(len(cases)), *told])
    return _table([kind, "messages", *(question.name for question in OF_A_GROUP)], rows)


def _plots(evaluation: Evaluation) -> Iterator[str]:
    main = evaluation.main
    yield _image(plots.issue_confusion(main.cases), "Issue: true by read")
    yield _image(plots.urgency_confusion(main.cases), "Urgency: true by read")
    sure = calibration(main.cases)
    if sure is None:
        yield "<p>Calibration: nobody gave a confidence.</p>"
    else:
        tolerant = calibration(main.cases, tolerant=True)
        also = (
            f"; ECE {tolerant.error:.3f} with admitted issues taken for right" if tolerant else ""
        )
        yield _image(plots.calibration(sure), f"Calibration of confidence{also}")
    points = [(result.name, result.cases) for result in evaluation.results]
    yield _image(plots.operating_points(points), "Recall of critique against look-alikes alarmed")
    took = latency(evaluation.screen_seconds)
    yield _image(
        plots.screen_latency(evaluation.screen_seconds, took),
        f"The screen alone, a message: p50 {took.p50:.1f} ms, p95 {took.p95:.1f} ms, "
        f"p99 {took.p99:.1f} ms, longest {took.longest:.1f} ms",
    )


def _mistakes(found: Sequence[tuple[Mistake, Case]]) -> str:
    if not found:
        return "<p>None.</p>"
    return _table(
        ["mistake", "message", "text", "true", "read", "confidence", "rules"],
        (
            [
                _text(kind),
                _text(f"{case.truth.source}:{case.truth.id} ({case.truth.register})"),
                f'<bdi lang="fr">{_text(case.truth.text)}</bdi>',
                _text(f"{case.truth.issue}, {case.truth.urgency}"),
                _text(f"{case.reading.issue}, {case.reading.urgency}"),
                "" if case.reading.confidence is None else f"{case.reading.confidence:.2f}",
                _text(", ".join(dict.fromkeys(case.reading.rules))),
            ]
            for kind, case in found
        ),
    )


def _figure(measure: Measure | None, target: Target | None) -> str:
    if measure is None:
        return ""
    judged = "" if target is None else "met" if target.met(measure) else "missed"
    mark = {"met": "✓ ", "missed": "✗ "}.get(judged, "")
    return (
        f'<span class="{judged}">{mark}{measure.value:.3f}</span> '
        f"<small>[{measure.low:.3f}–{measure.high:.3f}; {measure.count}]</small>"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """`rows` are HTML already; `head` is text."""
    titles = "".join(f'<th scope="col">{_text(title)}</th>' for title in head)
    lines = ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>\n<tr>{titles}</tr>\n" + "\n".join(lines) + "\n</table>"


def _image(png: bytes, caption: str) -> str:
    source = base64.b64encode(png).decode()
    said = _text(caption)
    return (
        f'<figure><img src="data:image/png;base64,{source}" alt="{said}">'
        f"<figcaption>{said}</figcaption></figure>"
    )


def _text(value: object) -> str:
    return escape(str(value))
