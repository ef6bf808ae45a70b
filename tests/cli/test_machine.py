import builtins
import json
import sys
from types import SimpleNamespace

import pytest

from tidegate.cli.machine import examine, told


def test_it_tells_versions_paths_and_threads():
    findings = examine()

    assert json.loads(json.dumps(findings)) == findings
    assert {"tidegate", "python", "numpy", "torch", "polars"} <= set(findings["versions"])
    assert all(count >= 1 for count in findings["threads"].values())
    paths = {path["layer"]: path for path in findings["paths"]}
    assert paths["GRU"]["path"] != "walk"
    assert "layer_norm=True" in paths["GRU, layer_norm=True"]["reason"]
    assert {"train", "docs", "dev"} <= set(findings["extras"])
    for name in findings["versions"]:
        assert name in told(findings)


@pytest.fixture
def absent(monkeypatch):
    """Makes a module as good as not installed."""

    def forbid(forbidden, package):
        real, version = builtins.__import__, "tidegate.cli.machine._version"
        known = examine()["versions"]

        def guarded(name, *rest, **named):
            if name.partition(".")[0] == forbidden:
                raise ModuleNotFoundError(f"No module named '{forbidden}'", name=forbidden)
            return real(name, *rest, **named)

        monkeypatch.setattr(builtins, "__import__", guarded)
        monkeypatch.setattr(version, lambda name: None if name == package else known.get(name, "1.0"))

    return forbid


def test_without_torch_it_says_what_to_install(absent):
    absent("torch", "torch")

    findings = examine()

    assert findings["versions"]["torch"] is None
    assert findings["extras"]["train"] == {"missing": ["torch"], "remedy": "pip install 'tidegate[train]'"}
    assert findings["paths"][0]["path"] == "none"
    assert "torch" not in findings["threads"]
    assert "extra train  lacks torch: pip install 'tidegate[train]'" in told(findings)


def test_without_the_native_module_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "tidegate._native", None)

    native = examine()["native"]

    assert native["present"] is False
    assert "C++20 compiler" in native["state"]


def test_it_tells_the_instruction_set_in_use_and_the_others(monkeypatch):
    engine = SimpleNamespace(isa=lambda: "avx2", isas=lambda: ["baseline", "avx2"])
    monkeypatch.setitem(sys.modules, "tidegate._native", engine)

    native = examine()["native"]

    assert native["instruction_set"] == "avx2"
    assert native["state"] == "present; instruction set avx2 (here: baseline, avx2; TIDEGATE_ISA=NAME takes another)"


def test_an_instruction_set_that_is_not_there_is_told(monkeypatch):
    def isa():
        raise RuntimeError("TIDEGATE_ISA is 'mmx', but this processor offers: baseline")

    monkeypatch.setitem(sys.modules, "tidegate._native", SimpleNamespace(isa=isa))

    native = examine()["native"]

    assert native["instruction_set"] is None
    assert native["state"] == "present, but its calls fail: TIDEGATE_ISA is 'mmx', but this processor offers: baseline"
