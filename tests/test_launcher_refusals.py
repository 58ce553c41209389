"""What the launcher refuses to start on, in one clear line, before it has started anything."""

import socket
from pathlib import Path

import pytest

from portal.launcher.faults import Unable
from portal.launcher.folder import check_space, claim_checks, held, remember, remembered
from portal.launcher.plan import read_plan
from portal.launcher.ports import free_port, kept_port
from tests.launching import Ground, ground  # noqa: F401 - a fixture


def test_a_taken_port_is_named_with_the_setting_that_moves_it(ground: Ground) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", ground.port))
        other.listen()
        answer = ground.run()
    assert answer.returncode == 1
    assert f"Port {ground.port} for the web pages is taken" in answer.stderr
    assert "PORTAL_PORT" in answer.stderr
    assert not (ground.folder / "postgres").exists()


def test_a_foreign_folder_is_left_alone(ground: Ground) -> None:
    (ground.folder / "thesis.txt").write_text("mine")
    answer = ground.run()
    assert answer.returncode == 1
    assert "holds files that are not the portal's" in answer.stderr
    assert [path.name for path in ground.folder.iterdir()] == ["thesis.txt"]


def test_what_single_commands_leave_does_not_make_a_folder_foreign(ground: Ground) -> None:
    (ground.folder / "files").mkdir()
    claim_checks(ground.folder)


def test_a_second_launcher_on_the_same_folder_is_told_about_the_first(ground: Ground) -> None:
    with held(ground.folder):
        answer = ground.run()
    assert answer.returncode == 1
    assert "Another launcher" in answer.stderr
    assert "PORTAL_VAR" in answer.stderr


def test_the_lock_is_free_again_after_its_holder(ground: Ground) -> None:
    with held(ground.folder):
        pass
    with held(ground.folder):
        pass


def test_a_full_disk_is_told_with_figures(tmp_path: Path) -> None:
    with pytest.raises(Unable, match=r"has \d+ MB left and the portal needs 999999999 MB"):
        check_space(tmp_path, 999_999_999)


def test_damaged_notes_are_not_overwritten(ground: Ground) -> None:
    with held(ground.folder):
        remember(ground.folder, {"database": "ready"})
        assert remembered(ground.folder) == {"database": "ready"}
        (ground.folder / "portal.json").write_text("{")
        with pytest.raises(Unable, match="is damaged"):
            remembered(ground.folder)


def test_a_bad_setting_is_refused_in_one_line(ground: Ground) -> None:
    answer = ground.run(PORTAL_SMTP_PORT="post")
    assert answer.returncode == 2
    assert answer.stderr == "Setting refused: PORTAL_SMTP_PORT is 'post'; write a whole number from 1 to 65535.\n"


def test_half_a_pair_of_database_urls_is_refused(ground: Ground) -> None:
    answer = ground.run(DATABASE_URL="postgres://app:word@127.0.0.1:1/portal")
    assert answer.returncode == 2
    assert answer.stderr.startswith("Setting refused: DATABASE_OWNER_URL is not set")


def test_the_parts_never_get_the_owners_url(tmp_path: Path) -> None:
    at = "@127.0.0.1:1/portal"
    plan = read_plan(
        {
            "PORTAL_VAR": str(tmp_path),
            "DATABASE_URL": f"postgres://app:a{at}",
            "DATABASE_OWNER_URL": f"postgres://owner:b{at}",
            "PORTAL_CLUSTER_URL": f"postgres://postgres:c{at}",
        }
    )
    assert not {"DATABASE_OWNER_URL", "PORTAL_CLUSTER_URL"} & plan.environ.keys()
    assert plan.with_owner()["DATABASE_OWNER_URL"] == f"postgres://owner:b{at}"
    assert plan.demo_wanted is False


def test_a_port_is_kept_over_restarts_while_it_is_free(tmp_path: Path) -> None:
    record = tmp_path / "port"
    first = kept_port(record)
    assert kept_port(record) == first
    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        assert kept_port(record) != first
    assert free_port() > 0
