"""System packages that pip cannot bring: Pango for WeasyPrint, and chromium, PDF tools and a mail server for the tests.

Run at set-up: `python -m portal.launcher.system [--tests]`; exit code 1 while something is missing.
"""

import ctypes.util
import os
import shutil
import subprocess
import sys

RUN_PACKAGES = {
    "libpango-1.0-0": lambda: bool(ctypes.util.find_library("pango-1.0")),
    "libpangoft2-1.0-0": lambda: bool(ctypes.util.find_library("pangoft2-1.0")),
    "libharfbuzz-subset0": lambda: bool(ctypes.util.find_library("harfbuzz-subset")),
    "fonts-dejavu-core": lambda: os.path.isdir("/usr/share/fonts/truetype/dejavu"),
}
TEST_PACKAGES = {
    "qpdf": lambda: bool(shutil.which("qpdf")),
    "poppler-utils": lambda: bool(shutil.which("pdfinfo")),
    "chromium": lambda: bool(shutil.which("chromium")),
    "dovecot-imapd": lambda: os.path.exists("/usr/lib/dovecot/imap"),
}


def missing(*, tests: bool) -> list[str]:
    """Debian's names of the packages that are not here."""
    wanted = RUN_PACKAGES | (TEST_PACKAGES if tests else {})
    return [name for name, is_here in wanted.items() if not is_here()]


def may_install() -> list[str] | None:
    """The words before apt-get that give the right to install; None when there is none."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install(*, tests: bool) -> int:
    """Install what is missing, or say in one line what somebody else must install; 0 when all is here."""
    names = missing(tests=tests)
    if not names:
        return 0
    prefix = may_install()
    if prefix is None:
        tell(names)
        return 1
    print(f"Installing system packages: {' '.join(names)}", flush=True)
    if apt(prefix, names) or (update(prefix) and apt(prefix, names)):
        return 0
    tell(missing(tests=tests))
    return 1


def apt(prefix: list[str], names: list[str]) -> bool:
    command = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
    ]
    done = subprocess.run([*command, *names], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def update(prefix: list[str]) -> bool:
    done = subprocess.run([*prefix, "apt-get", "update", "-qq"], stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def tell(names: list[str]) -> None:
    print(
        f"Missing system packages (PDF reports or their tests will not work): sudo apt-get install {' '.join(names)}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(install(tests="--tests" in sys.argv))
