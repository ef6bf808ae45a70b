"""What torch does around a call: autocast, and the transforms of functorch (vmap, grad, …).

torch tells of these in nanoseconds, but by names that are its own affair. Where a version lacks one of them, the answer
comes another way or is the careful one, and calls run on, if slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch
from torch.autograd import forward_ad

_functorch: Any = getattr(torch._C, "_functorch", None)
_UNKNOWN = "unknown"
_is_batched: Callable[[torch.Tensor], bool] | None = getattr(_functorch, "is_legacy_batchedtensor", None)

is_autocast_enabled: Callable[[], bool] = getattr(
    torch._C, "_is_any_autocast_enabled", partial(torch.is_autocast_enabled, "cpu")
)
"""Whether autocast chooses types, at least on the CPU."""

innermost_transform: Callable[[], object | None] = getattr(_functorch, "peek_interpreter_stack", lambda: _UNKNOWN)
"""The transform that runs now, None where there is none; something where this torch does not tell."""


def has_tangents() -> bool:
    """Whether forward-mode differentiation runs (`torch.autograd.forward_ad`), which needs operators that know it."""
    return getattr(forward_ad, "_current_level", 0) >= 0


def is_batched(tensors: Iterable[object]) -> bool:
    """Whether any is a batch of gradients in one, as `is_grads_batched` makes them: it has no memory to be read."""
    return _is_batched is not None and any(isinstance(one, torch.Tensor) and _is_batched(one) for one in tensors)


def transform_obstacle() -> str | None:
    """What keeps an operator from a call that functorch or forward-mode differentiation does not know of."""
    if has_tangents():
        return "forward-mode derivatives need operators that have them"
    found = innermost_transform()
    if found is None:
        return None
    if found is _UNKNOWN:
        return "this torch does not tell whether functorch transforms the call"
    return "functorch transforms need torch's own operators"


def is_mapped() -> bool:
    """Whether vmap runs, or where this torch does not tell transforms apart, whether any does that is known of."""
    try:
        return any(one.key() == _functorch.TransformType.Vmap for one in _functorch.get_interpreter_stack() or ())
    except AttributeError:
        return innermost_transform() not in (None, _UNKNOWN)
