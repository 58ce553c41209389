"""docs/settings.md says what the code reads: it is written from the typed readers, and the committed page is current."""

import re

import pytest
from django.core.management import CommandError, call_command

from portal.management.commands import settings_reference
from portal.management.commands.settings_reference import FILE, GROUPS, About, page, readings


def test_the_committed_page_is_current() -> None:
    assert FILE.read_text() == page(), "run `manage.py settings_reference`"


def test_a_setting_that_is_read_without_a_meaning_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = GROUPS
    shortened = {name: about for name, about in GROUPS[first].items() if name != "PORTAL_PORT"}
    monkeypatch.setattr(settings_reference, "GROUPS", {first: shortened, **{name: GROUPS[name] for name in others}})
    with pytest.raises(CommandError, match="PORTAL_PORT"):
        page()


def test_a_meaning_of_a_setting_that_nobody_reads_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_reference, "GROUPS", GROUPS | {"Gone": {"PORTAL_GONE": About("Nothing.")}})
    with pytest.raises(CommandError, match="PORTAL_GONE"):
        page()


def test_the_reading_that_says_most_about_a_setting_wins() -> None:
    found = readings()
    assert found["PORTAL_SECRET_KEY"].kind == "secret"
    assert found["PORTAL_SMTP_URL"].kind == "url"
    assert found["PORTAL_VAR"].kind == "folder"


def test_refusals_are_the_readers_own_sentences() -> None:
    assert "PORTAL_PORT is '0'; write a whole number from 1 to 65535." in page()


def test_no_machine_and_no_password_stands_on_the_page() -> None:
    assert not re.search(r"/(root|home|srv|work)/", page())


def test_the_command_only_compares_when_asked_to(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(settings_reference, "FILE", tmp_path / "settings.md")
    with pytest.raises(CommandError, match="not current"):
        call_command("settings_reference", check=True)
    assert not (tmp_path / "settings.md").exists()
    call_command("settings_reference")
    call_command("settings_reference", check=True)
