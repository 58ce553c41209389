"""System packages: what is missing is found, and who may not install gets one line that says what to do."""

import pytest

from portal.launcher import system


def test_the_packages_that_the_tests_need_include_those_of_a_run() -> None:
    assert set(system.missing(tests=False)) <= set(system.missing(tests=True))


def test_nothing_is_installed_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "RUN_PACKAGES", {"here": lambda: True})
    assert system.install(tests=False) == 0


def test_without_the_right_to_install_one_line_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "RUN_PACKAGES", {"libpango-1.0-0": lambda: False})
    monkeypatch.setenv("PATH", "/nonexistent")
    assert system.install(tests=False) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "sudo apt-get install libpango-1.0-0" in said
