"""Train the model of the present files, unless it is there already.

    bot/rasa/.venv/bin/python bot/rasa/train.py [--force] [--print-path]

The model is written under another name and renamed at the end: a training that is killed leaves no
half a model behind.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Rasa would leave its training cache in whatever folder this is started from.
os.environ.setdefault("RASA_CACHE_DIRECTORY", str(HERE / ".rasa/cache"))
sys.path.insert(0, str(HERE))
sys.path.append(str(ROOT))  # bot.reading_model, the one module that both worlds share

from bot.reading_model.files import model_path  # noqa: E402


def train(target: Path) -> None:
    """Train into `target`; raises SystemExit where Rasa reports a failure."""
    warnings.filterwarnings("ignore")
    from rasa.api import train as rasa_train
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.INFO)
    configure_logging_and_warnings(logging.INFO, warn_only_once=True, filter_repeated_logs=True)

    target.parent.mkdir(exist_ok=True)
    unfinished = f"unfinished-{os.getpid()}"
    result = rasa_train(
        domain=str(HERE / "domain"),
        config=str(HERE / "config.yml"),
        training_files=[str(HERE / "rules"), str(ROOT / "nlu_data")],
        output=str(target.parent),
        fixed_model_name=unfinished,
        force_training=True,
    )
    if result.model is None or result.code != 0:
        raise SystemExit(f"training failed (code {result.code})")
    Path(result.model).replace(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--force", action="store_true", help="train even if the model is there")
    parser.add_argument("--print-path", action="store_true", help="only print the model's path")
    arguments = parser.parse_args()
    target = model_path(ROOT)
    if arguments.print_path:
        print(target)
    elif arguments.force or not target.exists():
        train(target)
        print(f"trained: {target}", file=sys.stderr)
    else:
        print(f"nothing changed: {target}", file=sys.stderr)


if __name__ == "__main__":
    main()
