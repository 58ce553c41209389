"""What this start will do: settings read once and checked before anything is started."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from portal.env import LOCAL_HOSTS, BadSetting, Reader
from portal.launcher import runfile

# What only the launcher and its set-up steps may know; web and workers run without these.
OWNER_ONLY = ("DATABASE_OWNER_URL", "PORTAL_CLUSTER_URL")


@dataclass
class Plan:
    """One start. `environ` is what the parts get; `owner_environ` is what migrations get besides."""

    folder: Path
    port: int
    smtp_port: int
    bind: str
    external_database: bool
    external_redis: bool
    demo_wanted: bool
    environ: dict[str, str]
    owner_environ: dict[str, str] = field(default_factory=dict)

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def address(self) -> str:
        return self.environ["PORTAL_URL"]

    def with_owner(self) -> dict[str, str]:
        """The environment of a set-up step."""
        return self.environ | self.owner_environ


def read_plan(source: dict[str, str] | None = None) -> Plan:
    """Read and check every setting of the launcher. Raises BadSetting."""
    given = dict(os.environ) if source is None else dict(source)
    reader = Reader(given)
    port = reader.port("PORTAL_PORT", 8000)
    address = reader.url("PORTAL_URL", f"http://localhost:{port}", ["https", "http"])
    local = address.hostname in LOCAL_HOSTS
    app, owner = reader.database("DATABASE_URL"), reader.database("DATABASE_OWNER_URL")
    if (app is None) != (owner is None):
        missing = "DATABASE_URL" if app is None else "DATABASE_OWNER_URL"
        raise BadSetting(f"{missing} is not set, but its partner is; set both, or neither for the embedded database.")
    if not local:
        check_for_others(reader)
    plan = Plan(
        folder=runfile.var_folder(given),
        port=port,
        smtp_port=reader.port("PORTAL_SMTP_PORT", 2525),
        bind=reader.text("PORTAL_BIND", "127.0.0.1"),
        external_database=app is not None,
        external_redis=bool(reader.text("REDIS_URL")),
        demo_wanted=reader.flag("PORTAL_DEMO", default=local and app is None),
        environ=given,
        owner_environ={name: given.pop(name) for name in OWNER_ONLY if name in given},
    )
    plan.environ |= {
        "PORTAL_VAR": str(plan.folder),
        "PORTAL_PORT": str(port),
        "PORTAL_SMTP_PORT": str(plan.smtp_port),
        "PORTAL_URL": address.geturl().rstrip("/"),
        "PORTAL_STATIC_COLLECTED": "1",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{Path(sys.executable).parent}:{given.get('PATH', '/usr/local/bin:/usr/bin:/bin')}",
    }
    plan.environ.setdefault("PORTAL_SMTP_URL", f"smtp://127.0.0.1:{plan.smtp_port}")
    return plan


def check_for_others(reader: Reader) -> None:
    """What must be set where others are served and no default of this machine will do. Raises BadSetting."""
    reader.secret("PORTAL_SECRET_KEY")
    # The launcher's own receiver, the default on this machine, sends nothing on to others.
    if not reader.text("PORTAL_SMTP_URL"):
        raise BadSetting(
            "PORTAL_SMTP_URL is not set, so no mail could leave; write it like smtp://user:password@mail.host:587."
        )
