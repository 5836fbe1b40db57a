"""What the web process knows of one worker, and does to it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from kg.api.channel import Channel

_NICE = 10
_BURIAL = 2.0  # seconds in which the end of a process is known whose socket has closed


class Attendant:
    """One worker: its process, its channel, its folder.

    Attributes:
        channel: to ask it.
        folder: where it leaves long answers.
        epoch: how often workers had been told to let go of their files when this one last did.
        isolated: whether it has no network.
        stepped_back: whether it runs at a lower priority, which cannot be undone.
    """

    def __init__(self, process: ForkServerProcess, folder: Path, epoch: int) -> None:
        """Take a process that has been started."""
        self._process = process
        self.folder = folder
        self.epoch = epoch
        self.isolated = False
        self.stepped_back = False
        self.channel: Channel
        self.pid: int = process.pid or 0
        self._handle = _handle(self.pid)
        self._exit_code: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()

    def kill(self) -> None:
        """End the process; its channel tells when it has ended."""
        # Not by multiprocessing: that takes a process for dead when the server that forked it is.
        with suppress(ProcessLookupError, OSError):  # ended or buried already
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            elif self.pid:
                os.kill(self.pid, signal.SIGKILL)

    def step_back(self) -> None:
        """Let short requests go first on the processor; nothing where the system does not do that."""
        self.stepped_back = True
        with suppress(OSError, AttributeError):
            # A priority is a thread's on Linux.
            for thread in Path(f"/proc/{self.pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), _NICE)

    def bury(self) -> None:
        """Learn how the process ended and free what the system keeps of it; blocks for a moment, so not in the event loop."""
        self._process.join(_BURIAL)
        code = self._process.exitcode
        with suppress(ValueError):  # still not quite gone
            self._process.close()
        try:
            self._loop.call_soon_threadsafe(self._tell, code)
        except RuntimeError:  # the loop has been closed meanwhile: nobody waits, or kills any more
            self.release()

    def release(self) -> None:
        """Free the handle of a process that has ended."""
        handle, self._handle, self.pid = self._handle, None, 0
        if handle is not None:
            os.close(handle)

    def _tell(self, code: int | None) -> None:
        self.release()
        if not self._exit_code.done():
            self._exit_code.set_result(code)

    async def exit_code(self) -> int | None:
        """Wait until the process has ended and return how: negative for a signal; None when nobody knows."""
        with suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self._exit_code), _BURIAL + 1)
        return None


def _handle(pid: int) -> int | None:
    """Return a handle of a process, which never stands for another one with the same id; None where there are none."""
    if sys.platform != "linux":
        return None
    with suppress(OSError):
        return os.pidfd_open(pid)
    return None
