"""Rasa as it comes, for comparison: the same model behind Rasa's own REST channel, on loopback.

    bot/rasa/.venv/bin/python benchmarks/rasa_rest.py PORT ACTIONS_PORT

Runs in Rasa's environment, for `bench_gateway.py` only: this channel must never face people.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "bot/rasa"), str(ROOT)]


def main() -> None:
    port, actions_port = sys.argv[1:3]
    os.environ["RELAIS_ACTIONS_HOST"] = "127.0.0.1"
    os.environ["RELAIS_ACTIONS_PORT"] = actions_port
    # The same lean imports as the service, so that only the channel differs.
    from bot.reading_model.files import model_path
    from lean import leave_tensorflow_out

    leave_tensorflow_out()
    import rasa.core.run
    from rasa.core.utils import AvailableEndpoints

    with tempfile.NamedTemporaryFile("w", suffix=".yml") as credentials:
        credentials.write("rest:\n")
        credentials.flush()
        rasa.core.run.serve_application(
            model_path=str(model_path(ROOT)),
            interface="127.0.0.1",
            port=int(port),
            credentials=credentials.name,
            endpoints=AvailableEndpoints.read_endpoints(str(ROOT / "bot/rasa/endpoints.yml")),
            enable_api=False,
        )


if __name__ == "__main__":
    main()
