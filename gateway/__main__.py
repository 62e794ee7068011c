"""`python -m gateway`, or this file by its path from any folder: the relais command."""

import os
import sys
from pathlib import Path

# One message is read by one core: more of them for matrices this small only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Started by its path (as ./relais does), Python does not know where the packages are.
_ROOT = str(Path(__file__).resolve().parents[1])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

from gateway.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
