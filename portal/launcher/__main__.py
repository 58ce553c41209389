"""The launcher's command line. Set-up has its own, so that a start loads nothing that it does not need."""

import argparse
import sys

from portal.env import BadSetting
from portal.launcher.plan import read_plan
from portal.launcher.run import run


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.launcher", description="Run the portal on this machine.")
    parser.add_argument("command", choices=["run"], help="start every part, and stop them all on Ctrl C")
    parser.parse_args(words)
    try:
        return run(read_plan)
    except BadSetting as error:
        print(f"Setting refused: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
