"""The compose file and the image start the same parts as the launcher, with the same words and settings, and nothing stronger."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from portal.documents import fonts
from portal.env import BadSetting
from portal.launcher import preparation, system
from portal.launcher.parts import Part, first_parts, later_parts
from portal.launcher.plan import OWNER_ONLY, Plan, read_plan
from portal.launcher.runfile import BASE
from portal.launcher.servers import ALWAYS, LASTING
from portal.management.commands.settings_reference import readings
from tests.composefile import COMPOSE, REQUIRED, NotSet, image_settings, instructions, services

PARTS = ["web", "worker-default", "worker-documents", "beat-1", "beat-2", "mail"]
JOBS = ["roles", "migrate"]
WRITES_FILES = {"web", "worker-default", "worker-documents"}


def settings_of(name: str, given: dict[str, str] = REQUIRED) -> dict[str, str]:
    """What the process in the container sees."""
    return image_settings() | services(given)[name]["environment"]


def plan() -> Plan:
    """The launcher's plan for the web's settings, listening for other containers as the compose file does."""
    owner = {"DATABASE_OWNER_URL": settings_of("migrate")["DATABASE_OWNER_URL"], "PORTAL_BIND": "0.0.0.0"}
    return read_plan(settings_of("web") | owner)


def launched() -> dict[str, Part]:
    one = plan()
    return {part.name: part for part in [*first_parts(one), *later_parts(one)]}


@cache
def known() -> frozenset[str]:
    """The names of all settings."""
    return frozenset(readings())


def managed(function: Any) -> list[list[str]]:
    """The Django commands that a step of the launcher runs: manage(plan, "migrate", "--no-input")."""
    tree = ast.parse((BASE / "portal/launcher/preparation.py").read_text())
    body = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function.__name__)
    calls = [node for node in ast.walk(body) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "manage"]
    return [[word.value for word in call.args if isinstance(word, ast.Constant)] for call in calls]


def test_every_part_of_the_launcher_is_a_service_and_no_other() -> None:
    assert sorted(launched()) == sorted(PARTS)
    assert sorted(services()) == sorted([*PARTS, *JOBS, "database", "redis"])


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_started_with_the_launchers_words(name: str) -> None:
    # Several machines may run the same part, so the name of a worker carries its host's.
    ours = [re.sub(r"@portal$", "@%h", word) for word in launched()[name].words]
    assert services()[name]["command"] == ["python", *ours]


def test_the_image_alone_starts_the_web_part() -> None:
    words = json.loads(next(rest for word, rest in instructions() if word == "CMD"))
    command = words[2].replace('"$PORTAL_TRUSTED_PROXIES"', settings_of("web")["PORTAL_TRUSTED_PROXIES"])
    assert words[:2] == ["sh", "-c"]
    assert shlex.split(command) == ["exec", *services()["web"]["command"]]


def test_the_jobs_are_the_launchers_own_steps() -> None:
    commands = [services()[name]["command"] for name in JOBS]
    steps = managed(preparation.prepare_database)
    assert all(command[:2] == ["python", "manage.py"] for command in commands)
    assert [command[2:] for command in commands] == [steps[0], steps[1]]


def test_static_files_are_collected_as_the_launcher_does() -> None:
    build = " ".join(rest for word, rest in instructions() if word == "RUN")
    [collect] = managed(preparation.collect_static)
    ignored = " ".join(f'--ignore "{pattern}"' for pattern in preparation.NOT_SERVED)
    assert f"manage.py {' '.join(collect)} {ignored}" in build


@pytest.mark.parametrize("name", PARTS)
def test_a_part_gets_every_setting_that_the_launcher_gives(name: str) -> None:
    given = {setting for setting in known() if setting in plan().environ} - {"PORTAL_BIND"}
    assert given <= settings_of(name).keys()


@pytest.mark.parametrize("name", PARTS + JOBS)
def test_every_setting_is_one_that_the_portal_reads(name: str) -> None:
    assert services()[name]["environment"].keys() <= known()


@pytest.mark.parametrize("name", ["web", "worker-documents", "migrate", "roles"])
def test_the_settings_hold_for_a_portal_that_others_reach(name: str) -> None:
    environ = {"PATH": os.environ["PATH"], **settings_of(name)}
    code = "import portal.settings as s; print(s.PORTAL_HTTPS, s.DATABASES['default']['HOST'])"
    answer = subprocess.run(
        [sys.executable, "-c", code], env=environ, cwd=BASE, capture_output=True, text=True, check=False
    )
    assert answer.stdout.split() == ["True", "database"], answer.stderr


@pytest.mark.parametrize("name", PARTS)
def test_only_the_jobs_know_the_owner(name: str) -> None:
    assert not settings_of(name).keys() & set(OWNER_ONLY)
    assert "PORTAL_CLUSTER_URL" not in settings_of("migrate")
    assert REQUIRED["PORTAL_OWNER_PASSWORD"] not in json.dumps(services()[name])


def test_only_the_documents_worker_can_sign() -> None:
    assert [name for name in PARTS + JOBS if "PORTAL_SIGNING_KEY" in settings_of(name)] == ["worker-documents"]


@pytest.mark.parametrize("missing", sorted(REQUIRED))
def test_a_missing_secret_stops_the_start(missing: str) -> None:
    with pytest.raises(NotSet, match=missing):
        services({name: value for name, value in REQUIRED.items() if name != missing})


def test_no_secret_stands_in_the_file() -> None:
    for line in COMPOSE.read_text().splitlines():
        name, _, value = line.strip().partition(": ")
        if re.search(r"PASSWORD$|SECRET|_KEY$|AUTH$", name):
            assert re.fullmatch(r'"\$\{[A-Z_]+:[-?][^}]*\}"', value), line
            assert ":-" not in value or value.endswith(':-}"'), line
        assert not re.search(r"://\w*:(?!\$\{)[^@\s]+@", line), line


@pytest.mark.parametrize("name", PARTS + JOBS)
def test_a_container_of_ours_can_change_nothing_but_the_files(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    cache = [f"/srv/portal/{fonts.FOLDER.relative_to(BASE)}/fontconfig"] if name == "worker-documents" else []
    assert service["tmpfs"] == ["/tmp", *cache]
    mounted = f"files:{image_settings()['PORTAL_VAR']}/files"
    assert service.get("volumes", []) == ([mounted] if name in WRITES_FILES else [])
    assert "privileged" not in service


def test_the_image_runs_as_an_ordinary_account() -> None:
    [user] = [rest for word, rest in instructions() if word == "USER"]
    assert user == "portal"
    words = [word for word, _ in instructions()]
    assert "RUN" not in words[words.index("USER") :]


def test_the_image_is_built_from_the_lock_file_and_the_systems_packages() -> None:
    build = " ".join(rest for word, rest in instructions() if word == "RUN")
    assert "--require-hashes -r requirements/base.lock" in build
    packages = re.search(r"--no-install-recommends\s+(.+?)\s+&&", build)
    assert packages is not None
    assert packages.group(1).split() == list(system.RUN_PACKAGES)


def test_images_are_named_without_a_registry() -> None:
    base = [rest for word, rest in instructions() if word == "FROM"]
    for image in [*base, *(service["image"] for service in services().values())]:
        assert "." not in image.partition("/")[0] or "/" not in image


def test_everything_that_serves_says_whether_it_is_well() -> None:
    quiet = {name for name, service in services().items() if service.get("healthcheck") == {"disable": True}}
    assert quiet == {"roles", "migrate", "beat-1", "beat-2"}
    health = next(rest for word, rest in instructions() if word == "HEALTHCHECK")
    assert '"portal.healthcheck", "web"' in health


def test_parts_wait_until_the_tables_are_ready() -> None:
    for name in PARTS:
        assert services()[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services()["migrate"]["depends_on"] == {"roles": {"condition": "service_completed_successfully"}}


def test_only_web_and_mail_are_published_and_only_to_their_own_machine() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"], "mail": ["127.0.0.1:2525:2525"]}


def test_the_database_has_the_embedded_ones_settings() -> None:
    words = services()["database"]["command"]
    given = dict(word.split("=", 1) for word in words if "=" in word)
    ours = {name: value for name, value in (ALWAYS | LASTING).items() if not name.startswith(("unix_", "listen_"))}
    assert given == ours


def test_the_launcher_too_refuses_to_serve_others_without_a_mail_server() -> None:
    given = {
        name: value for name, value in settings_of("web").items() if name not in {"PORTAL_SMTP_URL", "DATABASE_URL"}
    }
    with pytest.raises(BadSetting, match="PORTAL_SMTP_URL is not set"):
        read_plan(given)
