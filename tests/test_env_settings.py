"""The settings as a whole: they import with nothing set, and refuse to serve others with weak values."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal.launcher import runfile

STRONG = {
    "PORTAL_URL": "https://portal.test",
    "PORTAL_SECRET_KEY": secrets.token_urlsafe(50),
    "DATABASE_URL": "postgres://app:word@127.0.0.1:1/portal",
    "PORTAL_SMTP_URL": "smtp://mail.test:25",
}
OIDC = {
    "PORTAL_OIDC_ISSUER": "https://login.test/tenant/v2.0/",
    "PORTAL_OIDC_CLIENT": "portal",
    "PORTAL_OIDC_SECRET": "a secret",
}
SHOWN = [
    "PORTAL_OIDC",
    "CONTENT_SECURITY_POLICY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "PORTAL_DATABASE_FOUND",
    "SECURE_SSL_REDIRECT",
]


def python(code: str, environ: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code as a fresh process that has nothing but these variables."""
    clean = {"PATH": os.environ["PATH"], "PORTAL_VAR": str(folder), **environ}
    return subprocess.run([sys.executable, "-c", code], env=clean, cwd=runfile.BASE, capture_output=True, text=True)


def shown(environ: dict[str, str], folder: Path) -> dict[str, Any]:
    answer = python(
        f"import json, portal.settings as s; print(json.dumps({{n: getattr(s, n) for n in {SHOWN}}}))", environ, folder
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_they_import_with_no_variable_server_or_database(tmp_path: Path) -> None:
    found = shown({}, tmp_path)
    assert found["DEBUG"] is False
    assert found["PORTAL_DATABASE_FOUND"] is False
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1"]


def test_cookie_names_carry_the_port_so_that_two_portals_on_one_machine_keep_apart(tmp_path: Path) -> None:
    assert shown({"PORTAL_PORT": "8123"}, tmp_path)["SESSION_COOKIE_NAME"] == "portal_session_8123"


def test_behind_https_cookies_are_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    found = shown(STRONG, tmp_path)
    assert found["SESSION_COOKIE_NAME"] == "__Host-portal_session"
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["ALLOWED_HOSTS"] == ["portal.test"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"PORTAL_SECRET_KEY": ""}, "PORTAL_SECRET_KEY"),
        ({"PORTAL_SECRET_KEY": "short"}, "PORTAL_SECRET_KEY"),
        ({"PORTAL_HOSTS": "*"}, "PORTAL_HOSTS"),
        ({"PORTAL_DEMO": "1"}, "PORTAL_DEMO"),
        ({"PORTAL_URL": "http://portal.test"}, "PORTAL_URL"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"PORTAL_SMTP_URL": ""}, "PORTAL_SMTP_URL"),
        ({"PORTAL_OIDC_ISSUER": "https://login.test/v2.0"}, "PORTAL_OIDC_ISSUER"),
        (OIDC | {"PORTAL_OIDC_ISSUER": "http://login.test/v2.0"}, "PORTAL_OIDC_ISSUER"),
        (OIDC | {"PORTAL_OIDC_VERIFIED_BY": "upn"}, "PORTAL_OIDC_VERIFIED_BY"),
    ],
)
def test_a_portal_that_others_reach_refuses_a_weak_value_by_name(
    changes: dict[str, str], name: str, tmp_path: Path
) -> None:
    answer = python("import portal.settings", STRONG | changes, tmp_path)
    last = answer.stderr.strip().splitlines()[-1]
    assert answer.returncode == 1
    assert last.startswith(f"portal.env.BadSetting: {name} ")


def test_forms_may_lead_to_the_sign_in_provider_only_where_one_is_set_up(tmp_path: Path) -> None:
    without, with_one = shown(STRONG, tmp_path), shown(STRONG | OIDC, tmp_path)
    allowed = [found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"] for found in (without, with_one)]
    assert allowed == [["'self'"], ["'self'", "https://login.test"]]
    assert without["PORTAL_OIDC"] == {}
    assert with_one["PORTAL_OIDC"]["issuer"] == "https://login.test/tenant/v2.0"


def test_manage_py_says_it_in_one_line(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "PORTAL_VAR": str(tmp_path), "PORTAL_PORT": "eighty"}
    answer = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environ, cwd=runfile.BASE, capture_output=True, text=True
    )
    assert answer.returncode == 1
    assert answer.stderr.splitlines() == [
        "Setting refused: PORTAL_PORT is 'eighty'; write a whole number from 1 to 65535."
    ]


def test_a_command_finds_the_database_of_the_portal_that_runs(tmp_path: Path) -> None:
    runfile.write(tmp_path, {"DATABASE_URL": "postgres://portal_app:word@127.0.0.1:9/portal"})
    assert (tmp_path / runfile.NAME).stat().st_mode & 0o777 == 0o600
    found = {"PORTAL_VAR": str(tmp_path)}
    runfile.adopt(found)
    assert found["DATABASE_URL"].endswith(":9/portal")
    given = {"PORTAL_VAR": str(tmp_path), "DATABASE_URL": "postgres://mine"}
    runfile.adopt(given)
    assert given["DATABASE_URL"] == "postgres://mine"


def test_a_run_file_left_by_a_killed_launcher_leads_nowhere(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    runfile.write(tmp_path, {"DATABASE_URL": "postgres://gone"})
    file = tmp_path / runfile.NAME
    file.write_text(file.read_text().replace(f'"{os.getpid()}"', f'"{dead.pid}"'))
    assert runfile.read(tmp_path) == {}


def test_a_command_without_a_database_says_how_to_get_one(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "PORTAL_VAR": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "manage.py", "showmigrations", "--skip-checks"],
        env=environ, cwd=runfile.BASE, capture_output=True, text=True,
    )  # fmt: skip
    assert answer.returncode == 1
    assert answer.stderr.startswith("There is no database: start the portal with `make run`")
