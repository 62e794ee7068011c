"""Serve the trained model on the channel `turn`, and nothing else.

    bot/rasa/.venv/bin/python bot/rasa/serve.py --port 5005 --actions-port 5055

`rasa run` would do the same after importing its whole command line and TensorFlow; this starts in
less than half the time and the memory. The API stays off: no model upload, no reading of trackers.
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

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(HERE))
sys.path.append(str(ROOT))  # bot.reading_model, the one module that both worlds share

from bot.reading_model.files import model_path  # noqa: E402


def serve(port: int, host: str, model: Path) -> None:
    """Run until SIGTERM or SIGINT."""
    warnings.filterwarnings("ignore")
    from lean import leave_tensorflow_out

    leave_tensorflow_out()
    import rasa.core.run
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    from quick import make_quick

    make_quick()
    # Never DEBUG: at that level Rasa writes what people say. Left unconfigured, structlog does too.
    configure_structlog(logging.WARNING)
    configure_logging_and_warnings(logging.WARNING, warn_only_once=True, filter_repeated_logs=True)
    rasa.core.run.serve_application(
        model_path=str(model),
        interface=host,
        port=port,
        credentials=str(HERE / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(HERE / "endpoints.yml")),
        enable_api=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--actions-port", type=int, default=5055)
    parser.add_argument(
        "--actions-host", default="127.0.0.1", help="leave it, except among containers"
    )
    parser.add_argument("--host", default="127.0.0.1", help="leave it, except inside a container")
    parser.add_argument("--model", type=Path, default=None)
    arguments = parser.parse_args()
    model = arguments.model or model_path(ROOT)
    if not model.exists():
        raise SystemExit(f"no model at {model}: run train.py first")
    os.environ["RELAIS_ACTIONS_HOST"] = arguments.actions_host
    os.environ["RELAIS_ACTIONS_PORT"] = str(arguments.actions_port)
    serve(arguments.port, arguments.host, model)


if __name__ == "__main__":
    main()
