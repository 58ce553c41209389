"""For containers: whether the part inside answers. `python -m portal.healthcheck web` (or `mail`); exit code 1 when it does not.

Workers are asked through Celery instead (docker-compose.yml), and a beat has no door: the jobs page shows when sweeps stop.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from portal.env import Reader
from portal.launcher.ports import LOOPBACK, answers


def web_answers(settings: Reader) -> bool:
    """Whether /healthz says that all is well. It is asked by the portal's own name, because others are refused."""
    host = settings.listed("PORTAL_HOSTS") or [urlsplit(settings.text("PORTAL_URL")).hostname or "localhost"]
    connection = HTTPConnection(LOOPBACK, settings.port("PORTAL_PORT", 8000), timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host[0]})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def mail_answers(settings: Reader) -> bool:
    return answers(settings.port("PORTAL_SMTP_PORT", 2525))


def main(words: list[str]) -> int:
    checks = {"web": web_answers, "mail": mail_answers}
    if len(words) != 1 or words[0] not in checks:
        print(f"Name one part: {' or '.join(checks)}.", file=sys.stderr)  # noqa: T201
        return 2
    return 0 if checks[words[0]](Reader(os.environ)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
