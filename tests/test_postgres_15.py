"""The oldest PostgreSQL that the portal supports: the walls stand there too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.launcher.binaries import debian_folders, postgres_major

ROOT = Path(__file__).resolve().parents[1]
OLDEST = 15
# What leads to this run's servers; without it the inner run starts its own.
SERVERS = (
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "PORTAL_CLUSTER_URL",
    "REDIS_URL",
    "PORTAL_PG_BIN",
)


def oldest_is_here() -> bool:
    return any(postgres_major(folder) == OLDEST for folder in debian_folders())


@pytest.mark.skipif("PORTAL_TEST_POSTGRES" in os.environ, reason="this is the run inside")
@pytest.mark.skipif(not oldest_is_here(), reason=f"Debian's PostgreSQL {OLDEST} is not installed")
def test_tenancy_holds_on_the_oldest_postgres():
    environ = {
        name: value for name, value in os.environ.items() if name not in SERVERS and not name.startswith("PYTEST_")
    }
    tests = sorted(str(path) for path in [*ROOT.glob("tests/test_tenancy_*.py"), ROOT / "tests/test_catalogue.py"])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        env={**environ, "PORTAL_TEST_POSTGRES": str(OLDEST)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
