"""Ctrl-C, or SIGTERM, that waits for the end of the batch: a step of the optimiser is done whole or not at all."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class Interruption:
    """While entered, the first SIGINT or SIGTERM sets `requested`; the second interrupts at once.

    Outside the main thread, where Python delivers no signals, and where a signal is ignored or has another's handler,
    it changes nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            ours = {signal.SIGINT: callable(signal.getsignal(signal.SIGINT))}
            ours[signal.SIGTERM] = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
            self._before = {number: signal.signal(number, self._request) for number, taken in ours.items() if taken}
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self.requested and kind is None:
            raise KeyboardInterrupt  # it came too late for anyone to see the request

    def _request(self, _number: int, _frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
