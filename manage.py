#!/usr/bin/env python3
"""Django's commands for the portal. While the portal runs, its database is found through PORTAL_VAR."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import OperationalError

from portal.env import BadSetting
from portal.launcher.runfile import adopt


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        adopt(os.environ)
        execute_from_command_line(sys.argv)
    except BadSetting as error:
        sys.exit(f"Setting refused: {error}")
    except OperationalError:
        if settings.PORTAL_DATABASE_FOUND:
            raise
        sys.exit("There is no database: start the portal with `make run` in another terminal, or set DATABASE_URL.")


if __name__ == "__main__":
    main()
