"""What every test stands on: servers for the run, the test database, the named cast, a browser."""

import copy
import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import django
import pytest
from django.core.cache import cache
from django.test import Client as Browser

from tests.browser import chromium, page, site, tolerated  # noqa: F401 - fixtures
from tests.cluster import Servers

# Those with processes, browsers and documents of their own.
LONG_FILES = {
    "test_browser_pages",
    "test_documents_hostile",
    "test_documents_report_pdf",
    "test_faults_killed_servers",
    "test_journey_main_job",
    "test_keyboard_pass",
    "test_launcher_life",
    "test_launcher_servers",
    "test_outbox_crashes",
    "test_permission_matrix",
    "test_postgres_15",
}
servers_key = pytest.StashKey[Servers]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The controlling process plans the servers before Django reads its settings; workers inherit the environment."""
    servers = None if hasattr(config, "workerinput") else Servers.planned(dict(os.environ))
    if servers:
        config.stash[servers_key] = servers
        os.environ.update(servers.environ)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    if servers and config.getoption("numprocesses", None):
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite end cleans up as Ctrl C does
        servers.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if servers_key in config.stash:
        config.stash[servers_key].stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long matrices run only when asked for by -m (make test-full). Long files begin first, so that all workers end together."""
    items.sort(key=lambda item: item.path.stem not in LONG_FILES)
    if config.getoption("markexpr"):
        return
    long = [item for item in items if item.get_closest_marker("full")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def running_servers(request: pytest.FixtureRequest) -> None:
    """PostgreSQL and Redis, started when the first test needs them."""
    servers = request.config.stash.get(servers_key, None)
    if servers is not None:
        servers.start()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    running_servers: None,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Both aliases are always named: with only the mirror, pytest-django would run the tests in the real database."""
    from django.conf import settings
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    from tests.databases import ensure_template

    with django_db_blocker.unblock():
        settings.DATABASES["owner"]["TEST"]["TEMPLATE"] = ensure_template()
        connections["owner"].settings_dict["TEST"]["TEMPLATE"] = settings.DATABASES["owner"]["TEST"]["TEMPLATE"]
        names = setup_databases(
            verbosity=0, interactive=False, aliases={"default", "owner"}, keepdb=request.config.getoption("reuse_db")
        )
        name = connections["default"].settings_dict["NAME"]
        assert name.startswith("test_"), f"the tests would run in {name}"
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        if not request.config.getoption("reuse_db"):
            teardown_databases(names, verbosity=0)


@pytest.fixture(autouse=True)
def forgotten_limits(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test counted in the cache, such as tries to sign in, never meets the next one."""
    yield
    if "django_db_setup" in request.fixturenames:
        cache.clear()


@pytest.fixture
def committed(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For tests that commit for real (servers, threads, on_commit): afterwards the database is copied anew."""
    from django.conf import settings
    from django.db import connections

    from tests.databases import remake

    assert "db" not in request.fixturenames, "a test either commits or is rolled back"
    assert not connections["default"].in_atomic_block, "this test's class has another one with `world`: part them"
    with django_db_blocker.unblock():
        yield
        remake(connections["default"].settings_dict["NAME"], settings.DATABASES["owner"]["TEST"]["TEMPLATE"])


@pytest.fixture(scope="class")
def world_of_class(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The named cast, built once per class in a transaction round all its tests."""
    from django.db import transaction

    from tests.cast import build

    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(world_of_class: Any, db: None) -> Any:
    """The named cast: clients Alder and Birch, Ann, Ben, Bea, Cora, Dev, Lee and the others of tests/cast.py.

    What a test changes, in the database or in these objects, is undone after it.
    """
    return copy.deepcopy(world_of_class)


@pytest.fixture
def lasting_world(committed: None) -> Any:
    """The same cast, committed: for a live site, threads and other connections."""
    from tests.cast import build

    return build()


@pytest.fixture
def as_user(request: pytest.FixtureRequest) -> Callable[..., Browser]:
    """`as_user(person)`: a test client in which this person is signed in, second factor done.

    `mfa=False` leaves the second factor out; `minutes_ago=16` is too long ago for steps that ask for a fresh proof.
    """
    from tests.cast import signed_in

    return signed_in


@pytest.fixture
def frozen() -> Iterator[Callable[[str | datetime], Any]]:
    """`frozen("2026-11-24T10:40+00:00")`: the clock stands at this instant for the rest of the test, or until moved."""
    import time_machine

    travels: list[time_machine.travel] = []

    def stand_at(instant: str | datetime) -> Any:
        when = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        travels.append(time_machine.travel(when, tick=False))
        return travels[-1].start()

    yield stand_at
    for travel in reversed(travels):
        travel.stop()
