from __future__ import annotations

import signal

import pytest

from tidegate.training.interruption import Interruption


def test_the_first_ctrl_c_is_a_request_and_the_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    reached = []

    def pressed_twice() -> None:
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGINT)
            reached.append(interruption.requested)
            signal.raise_signal(signal.SIGINT)
            reached.append(False)

    with pytest.raises(KeyboardInterrupt):
        pressed_twice()
    assert reached == [True]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_request_that_nobody_saw_interrupts_at_the_end() -> None:
    def ends_normally() -> None:
        with Interruption():
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        ends_normally()


def test_an_error_is_not_hidden_by_a_request() -> None:
    def fails() -> None:
        with Interruption():
            signal.raise_signal(signal.SIGINT)
            _ = 1 // 0

    with pytest.raises(ZeroDivisionError):
        fails()


def test_an_ignored_ctrl_c_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGINT)
        assert not interruption.requested
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_request_to_end_is_taken_like_control_c_and_its_handling_is_given_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def asked() -> None:
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGTERM)
            seen.append(interruption.requested)

    with pytest.raises(KeyboardInterrupt):
        asked()
    assert seen == [True]
    assert signal.getsignal(signal.SIGTERM) is before
