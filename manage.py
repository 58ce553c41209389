#!/usr/bin/env python3
"""Django's commands for the portal. While the portal runs, its database is found through PORTAL_VAR."""

import os
import sys

from portal.env import BadSetting
from portal.launcher.runfile import adopt


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    adopt(os.environ)
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - a bad setting must be caught below

    try:
        execute_from_command_line(sys.argv)
    except BadSetting as error:
        sys.exit(f"Setting refused: {error}")


if __name__ == "__main__":
    main()
