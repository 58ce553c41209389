"""The launcher's commands: `run` starts the portal, `assets` makes the generated files, `system` looks for system packages."""

import argparse
import sys

from portal.env import BadSetting
from portal.launcher.assets import make_font
from portal.launcher.plan import read_plan
from portal.launcher.run import run
from portal.launcher.system import install


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.launcher", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start every part, and stop them all on Ctrl C")
    commands.add_parser("assets", help="make the generated static files")
    system = commands.add_parser("system", help="install missing system packages where that is allowed")
    system.add_argument("--tests", action="store_true", help="also what only the tests need")
    chosen = parser.parse_args(words)
    try:
        if chosen.command == "run":
            return run(read_plan)
        if chosen.command == "system":
            return install(tests=chosen.tests)
        print("Web font made." if make_font() else "Web font is there.")
    except BadSetting as error:
        print(f"Setting refused: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
