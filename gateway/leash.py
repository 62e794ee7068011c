"""Become another command that the kernel kills when the parent is gone, however it went, and of
which it writes no core dump.

    python -I -S gateway/leash.py PARENT_PID COMMAND [ARGUMENT …]

A small program in front of each child, because the same call between fork and exec would not be
safe in a process that has threads. Limit: Linux only; elsewhere a parent killed by SIGKILL leaves
its children behind, and the next start says that their ports are taken.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Replace this process by the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        # SIGKILL, not SIGTERM: whoever ignores a signal must not outlive its supervisor. Nothing
        # is lost by it, for the service is built to be killed at any moment.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # gone before the line above
        sys.exit(1)
    # They hold the master key and what people write: none is ever dumped to a disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        os.execvp(command[0], command)  # noqa: S606 - the command is ours, no shell wanted
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
