"""The server that forks workers: started before the web process loads its own modules, so that both load at the same time."""

from __future__ import annotations

import signal
from multiprocessing import forkserver, resource_tracker

_WORKER = "kg.api.worker"
_STOPPING = frozenset((signal.SIGINT, signal.SIGTERM))


def start_forking() -> None:
    """Start the server that forks, unless it runs; it loads what workers need, once for all of them.

    Signals to stop are held back from it and from all that it forks: they come to whole groups of processes, and what has to
    end before what is known by the web process alone. What is forked ends with the web process.

    Raises:
        OSError: it cannot be started.
    """
    forkserver.set_forkserver_preload([_WORKER])
    resource_tracker.ensure_running()  # which lets signals through again, and so goes first
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        forkserver.ensure_running()  # a process starts with the mask of the thread that starts it
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
