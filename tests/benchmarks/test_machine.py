from __future__ import annotations

import json

import numpy as np
from benchmarks.machine import describe_machine


def test_versions_are_those_installed_and_a_missing_package_is_told() -> None:
    versions = describe_machine(["numpy", "no-such-package-anywhere"])["versions"]
    assert versions["numpy"] == np.__version__
    assert versions["no-such-package-anywhere"] == "not installed"


def test_a_description_has_what_a_reader_needs_and_can_be_written_down() -> None:
    machine = describe_machine([])
    assert machine.keys() >= {"date", "cpu", "cores", "isa", "load_average", "commit", "versions"}
    assert json.loads(json.dumps(machine)) == machine
