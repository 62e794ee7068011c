"""Evaluates triage on labelled messages. Run: make evaluate

Reads the labelled FILEs (without any, those of tests/triage), has them triaged as the service does
it, prints the measures beside their targets, and writes reports/triage/index.html and figures.json.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.evaluate.cases import BadLabels, read_labelled

ROOT = Path(__file__).resolve().parents[2]
LABELLED = [ROOT / "tests/triage/messages.jsonl", ROOT / "tests/triage/danger.jsonl"]
REPORT = ROOT / "reports/triage"


def main() -> int:
    """Evaluate; the exit code: 0 whatever came out, 1 if triage did not run, 2 for bad labels."""
    parser = argparse.ArgumentParser(prog="make evaluate", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument(
        "--without-model",
        action="store_true",
        help="leave the learned reading out: the first reading in its place, and the signs alone",
    )
    parser.add_argument("--report", type=Path, default=REPORT, help="the folder to write into")
    arguments = parser.parse_args()
    try:
        truths = [truth for file in arguments.files or LABELLED for truth in read_labelled(file)]
    except BadLabels as error:
        print(f"relais: {error}", file=sys.stderr)
        return 2
    print("relais: evaluate  loading …", file=sys.stderr, flush=True)
    # Slow to import, and not wanted for the help.
    from benchmarks.evaluate import readers, report, terminal
    from benchmarks.evaluate.evaluation import evaluate

    try:
        evaluation = evaluate(
            truths, with_model=not arguments.without_model, progress=terminal.Progress
        )
    except readers.TriageFailed as error:
        print(f"relais: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    terminal.say("writing the report")
    page = report.write(evaluation, arguments.report)
    terminal.show(evaluation)
    print(page.resolve().as_uri())
    return 0


if __name__ == "__main__":
    sys.exit(main())
