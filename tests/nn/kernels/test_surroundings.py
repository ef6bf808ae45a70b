"""Names of torch that are its own affair may go: then calls take another way, and come out the same."""

from __future__ import annotations

import subprocess
import sys

import torch

from tidegate import nn
from tidegate.nn.kernels import surroundings
from tidegate.nn.kernels.dispatch import explain

CALLS = """
import os, sys
import torch, torch._functorch.apis

def results(layer, x, h):
    layer.zero_grad()
    y, state = layer(x, h)
    (y.sin().sum() + state.cos().sum()).backward()
    return y.detach(), state.detach(), *(p.grad.clone() for p in layer.parameters())

def check(path):
    from tidegate import nn
    from tidegate.nn.kernels.dispatch import explain, force_path, run_straight

    layer, x, h = nn.GRU(3, 5), torch.randn(6, 4, 3), torch.randn(1, 4, 5)
    assert explain(layer, x).path == path, explain(layer, x)
    with force_path("walk"):
        expected = results(layer, x, h)
    torch.testing.assert_close(results(layer, x, h), expected)
    with torch.no_grad():
        torch.testing.assert_close(layer(x, h)[0], expected[0])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert run_straight(layer, x, h) is None
    if hasattr(torch._C, "_functorch"):
        batches = torch.randn(2, 6, 4, 3)
        found = torch.func.vmap(lambda one: layer(one)[0])(batches)
        torch.testing.assert_close(found, torch.stack([layer(one)[0] for one in batches]))

# torch is loaded once; each child of this process loses one name.
for given in sys.argv[1:]:
    path, holder, name = given.split()
    child = os.fork()
    if child == 0:
        if hasattr(eval(holder), name):
            delattr(eval(holder), name)
        check(path)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, given
"""


def test_a_torch_without_one_of_its_own_names() -> None:
    fast = explain(nn.GRU(3, 5), torch.randn(6, 4, 3)).path
    removed = [
        f"{fast} torch._C _is_any_autocast_enabled",
        f"{fast} torch._C._functorch get_interpreter_stack",
        f"{fast} torch._C._functorch TransformType",
        f"{fast} torch._C._functorch is_legacy_batchedtensor",
        "walk torch.autograd.forward_ad _current_level",
        f"{fast} torch.Tensor __dlpack_c_exchange_api__",
        "torch torch._C._functorch peek_interpreter_stack",
        "torch torch._C _functorch",
    ]
    done = subprocess.run([sys.executable, "-c", CALLS, *removed], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_transforms_are_seen() -> None:
    seen = []

    def record(x: torch.Tensor) -> torch.Tensor:
        seen.append((surroundings.transform_obstacle(), surroundings.is_mapped()))
        return x.sum()

    record(torch.ones(2))
    torch.func.grad(record)(torch.ones(2))
    torch.func.vmap(record)(torch.ones(2, 2))
    why = "functorch transforms need torch's own operators"
    assert seen == [(None, False), (why, False), (why, True)]
