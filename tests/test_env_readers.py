"""Settings from the environment: what is refused, and that the sentence names the variable and the cure."""

from pathlib import Path

import pytest

from portal.env import BadSetting, Reader, hide_password


def refusal(call) -> str:
    with pytest.raises(BadSetting) as caught:
        call()
    return str(caught.value)


def test_an_empty_value_counts_as_not_set() -> None:
    reader = Reader({"PORTAL_PORT": "  ", "PORTAL_DEMO": ""})
    assert reader.port("PORTAL_PORT", 8000) == 8000
    assert reader.flag("PORTAL_DEMO") is False


@pytest.mark.parametrize("word", ["1", "true", "YES", "on"])
def test_yes_is_understood(word: str) -> None:
    assert Reader({"PORTAL_DEMO": word}).flag("PORTAL_DEMO") is True


@pytest.mark.parametrize(
    ("name", "value", "read", "cure"),
    [
        ("PORTAL_DEMO", "maybe", lambda r: r.flag("PORTAL_DEMO"), "write 1 for yes or 0 for no"),
        ("PORTAL_PORT", "80a", lambda r: r.port("PORTAL_PORT", 1), "whole number from 1 to 65535"),
        ("PORTAL_PORT", "0", lambda r: r.port("PORTAL_PORT", 1), "whole number from 1 to 65535"),
        ("PORTAL_PORT", "65536", lambda r: r.port("PORTAL_PORT", 1), "whole number from 1 to 65535"),
        ("PORTAL_PORT", "٣", lambda r: r.port("PORTAL_PORT", 1), "whole number"),
        ("PORTAL_LOG", "xml", lambda r: r.choice("PORTAL_LOG", "json", ["json", "console"]), "one of console, json"),
        ("REDIS_URL", "localhost:6379", lambda r: r.url("REDIS_URL", "", ["redis"]), "redis://host:port"),
        ("REDIS_URL", "redis://host:port", lambda r: r.url("REDIS_URL", "", ["redis"]), "redis://host:port"),
        ("DATABASE_URL", "mysql://a:b@c/d", lambda r: r.database("DATABASE_URL"), "postgres://host:port"),
        ("DATABASE_URL", "postgres://c:5432/", lambda r: r.database("DATABASE_URL"), "lacks a user or a database"),
        ("PORTAL_HOSTS", "a.uk, *", lambda r: r.hosts("PORTAL_HOSTS", []), "wildcard"),
        ("PORTAL_HOSTS", ".a.uk", lambda r: r.hosts("PORTAL_HOSTS", []), "wildcard"),
        ("PORTAL_TRUSTED_PROXIES", "proxy1", lambda r: r.networks("PORTAL_TRUSTED_PROXIES"), "10.0.0.0/8"),
        ("PORTAL_SECRET_KEY", "", lambda r: r.secret("PORTAL_SECRET_KEY"), "secrets.token_urlsafe(50)"),
        ("PORTAL_SECRET_KEY", "a" * 80, lambda r: r.secret("PORTAL_SECRET_KEY"), "secrets.token_urlsafe(50)"),
        ("PORTAL_SECRET_KEY", "django-insecure-1234567890abcdefghijklmnopqrstuvwxyz01", lambda r: r.secret("PORTAL_SECRET_KEY"), "guessed"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_by_name_and_with_the_cure(name: str, value: str, read, cure: str) -> None:
    sentence = refusal(lambda: read(Reader({name: value})))
    assert sentence.startswith(name)
    assert cure in sentence


def test_a_refused_address_never_shows_its_password() -> None:
    sentence = refusal(lambda: Reader({"DATABASE_URL": "mysql://portal:hunter2@host/portal"}).database("DATABASE_URL"))
    assert "hunter2" not in sentence
    assert hide_password("postgres://portal:hunter2@host/portal") == "postgres://portal:...@host/portal"


def test_a_database_url_becomes_djangos_settings() -> None:
    found = Reader({"DATABASE_URL": "postgres://portal_app:p%40ss@db.test:5433/portal"}).database("DATABASE_URL")
    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "portal",
        "USER": "portal_app",
        "PASSWORD": "p@ss",
        "HOST": "db.test",
        "PORT": 5433,
    }
    assert Reader({}).database("DATABASE_URL") is None


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello")
    sentence = refusal(lambda: Reader({"PORTAL_VAR": str(file)}).folder("PORTAL_VAR", tmp_path))
    assert sentence == f"PORTAL_VAR is {str(file)!r}, which is a file; name a folder."
