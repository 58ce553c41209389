"""The embedded servers: what is committed survives kill -9, half-made clusters are made again, nobody gets in without a password."""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
import redis

from portal.launcher.account import SHARED, reachable_folder, server_account
from portal.launcher.binaries import find_postgres, postgres_folders
from portal.launcher.child import is_running, running_in
from portal.launcher.faults import Unable
from portal.launcher.runfile import BASE
from portal.launcher.servers import Postgres, Redis
from tests.launching import Ground, gone, ground  # noqa: F401 - a fixture

HOLDER = """
import sys, time
from pathlib import Path
from portal.launcher.servers import Postgres, Redis
with Postgres(Path(sys.argv[1]) / "postgres") as database, Redis(Path(sys.argv[1]) / "redis") as cache:
    print(database.child.pid, cache.child.pid, flush=True)
    time.sleep(60)
"""


def query(database: Postgres, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(database.url("postgres", "postgres"))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_committed_rows_survive_kill_9(ground: Ground) -> None:
    database = Postgres(ground.folder / "postgres")
    with database:
        query(database, "create table kept as select generate_series(1, 1000) as n")
        database.child.process.kill()
        database.child.process.wait()
    with database:
        assert query(database, "select count(*), current_setting('data_checksums') from kept") == [(1000, "on")]
        assert query(database, "select current_setting('listen_addresses')") == [("127.0.0.1",)]


def test_it_starts_again_beside_an_orphan_that_is_still_at_work(ground: Ground) -> None:
    """A backend in the middle of a long statement does not notice that its server was killed, and keeps its memory."""
    database = Postgres(ground.folder / "postgres", fast=True)
    with database, ThreadPoolExecutor(1) as beside:
        before = set(running_in(database.data.resolve()))
        long = beside.submit(query, database, "select count(*) from generate_series(1, 200000000) n where n % 7 = 3")
        while not (workers := set(running_in(database.data.resolve())) - before):
            time.sleep(0.02)
        time.sleep(0.3)
        database.child.process.kill()
        database.child.process.wait()
        assert any(is_running(pid) for pid in workers)
        database.start()
        assert query(database, "select 1") == [(1,)] and not any(is_running(pid) for pid in workers)
        with pytest.raises(psycopg2.OperationalError):
            long.result()


def test_servers_die_with_a_killed_launcher_and_start_again(ground: Ground) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(ground.folder)], stdout=subprocess.PIPE, text=True, cwd=BASE
    )
    servers = {int(word) for word in holder.stdout.readline().split()}
    assert len(servers) == 2
    holder.kill()
    holder.communicate()
    with Postgres(ground.folder / "postgres") as database:
        assert query(database, "select 1") == [(1,)]
    assert gone(servers) == set()


def test_a_cluster_killed_while_it_was_made_is_made_again(ground: Ground) -> None:
    database = Postgres(ground.folder / "postgres", fast=True)
    half = database.home / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with database:
        assert query(database, "select 1") == [(1,)]
    assert not half.exists()


def test_a_strange_data_folder_is_refused_and_left_alone(ground: Ground) -> None:
    database = Postgres(ground.folder / "postgres")
    database.data.mkdir()
    (database.data / "letter.txt").write_text("mine")
    with pytest.raises(Unable, match="is not a PostgreSQL data folder"):
        database.start()
    assert (database.data / "letter.txt").read_text() == "mine"


def test_data_of_a_version_that_is_not_here_is_refused_by_number(ground: Ground) -> None:
    database = Postgres(ground.folder / "postgres")
    database.data.mkdir()
    (database.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(Unable, match="written by PostgreSQL 9"):
        database.start()


def test_nobody_enters_without_the_password(ground: Ground) -> None:
    with Postgres(ground.folder / "postgres", fast=True) as database, Redis(ground.folder / "redis") as cache:
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(database.url("postgres", "postgres", "guess"))
        stranger = redis.Redis(port=cache.port)
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()
        stranger.close()
    for secret in ground.folder.glob("*/password"):
        assert secret.stat().st_mode & 0o077 == 0


def test_redis_keeps_its_keys_over_kill_9(ground: Ground) -> None:
    cache = Redis(ground.folder / "redis")
    with cache:
        with redis.Redis.from_url(cache.url()) as client:
            client.set("task", "kept")
            client.execute_command("WAITAOF", 1, 0, 2000)
        cache.child.process.send_signal(signal.SIGKILL)
        cache.child.process.wait()
    with cache, redis.Redis.from_url(cache.url()) as client:
        assert client.get("task") == b"kept"


def test_set_binaries_that_are_not_there_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Unable, match="PORTAL_PG_BIN"):
        postgres_folders({"PORTAL_PG_BIN": str(tmp_path)})


def test_the_version_that_wrote_the_data_is_chosen() -> None:
    with pytest.raises(Unable, match="written by PostgreSQL 12"):
        find_postgres(12)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_as_root_a_closed_home_stays_closed(ground: Ground) -> None:
    closed = ground.folder / "home"
    closed.mkdir(mode=0o700)
    database = Postgres(closed / "postgres", fast=True)
    try:
        with database:
            assert query(database, "select 1") == [(1,)]
            assert SHARED in database.home.parents
            assert database.child is not None
            assert is_running(database.child.pid)
            assert Path(f"/proc/{database.child.pid}").stat().st_uid == server_account().uid != 0
        assert closed.stat().st_mode & 0o777 == 0o700
        assert reachable_folder(closed / "postgres", server_account()) == database.home
    finally:
        shutil.rmtree(database.home.parent)
