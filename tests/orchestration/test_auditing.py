"""The audit: locks without hashes and known vulnerabilities fail it; a service that can't be reached is said, never passed over."""

import sys

import pytest

from orchestration.cli.auditing import LOCKS, audit, unhashed
from orchestration.settings import PROJECT

HASH = "--hash=sha256:" + "0" * 64


def project(folder, text=f"alpha==1.0 \\\n    {HASH}\n"):
    for name in LOCKS:
        (folder / name).write_text(text)
    return folder


def saying(text, code):
    return [sys.executable, "-c", f"import sys; print({text!r}); sys.exit({code})"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_is_pinned_with_a_hash(name):
    assert unhashed(PROJECT / name) == []


def test_a_package_without_version_or_hash_is_named(tmp_path):
    lock = project(tmp_path, f"alpha==1.0 \\\n    {HASH}\nbeta==2.0\ngamma>=1 \\\n    {HASH}\n") / LOCKS[0]
    assert unhashed(lock) == ["beta==2.0", "gamma>=1"]


def test_a_vulnerability_fails_the_audit(tmp_path):
    found = audit(project(tmp_path), saying("Found 1 known vulnerability in 1 package\nalpha 1.0 CVE-1 1.1", 1))
    assert any("CVE-1" in fault for fault in found.faults)


def test_nothing_found_passes(tmp_path):
    found = audit(project(tmp_path), saying("No known vulnerabilities found", 0))
    assert (found.faults, found.notes) == ((), ())


@pytest.mark.parametrize(
    "text", ["pip_audit._service.interface.ConnectionError: Could not connect", "No module named pip_audit"]
)
def test_a_service_that_cannot_be_asked_is_said(tmp_path, text):
    found = audit(project(tmp_path), saying(text, 1))
    assert found.faults == ()
    assert "NOT checked" in found.notes[0]


def test_any_other_end_of_the_tool_is_a_fault(tmp_path):
    assert "could not finish" in audit(project(tmp_path), saying("some new trouble", 2)).faults[0]
