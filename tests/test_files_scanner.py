"""The virus scanner: what is infected, or cannot be judged, does not get in (TRUST A19, ASVS 5.4.3)."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.env import BadSetting, Reader
from portal.files import BadFile, ScannerAway, take
from tests.clamd import EICAR
from tests.filemaking import folder, picture, stored_files, upload  # noqa: F401


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("clamd") / "ctl"
    command = [sys.executable, "-m", "tests.clamd", str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield str(place)
        process.kill()


@pytest.fixture
def scanned(folder: Path, settings: Any, clamd: str) -> Path:
    settings.PORTAL_SCANNER = clamd
    return folder


def test_without_a_scanner_a_file_counts_as_not_scanned(folder: Path) -> None:
    assert not take(upload("a.txt", EICAR)).scanned


@pytest.mark.usefixtures("scanned")
def test_a_clean_file_is_marked_as_scanned() -> None:
    assert take(upload("a.txt", b"words" * 100_000)).scanned
    assert take(upload("a.png", picture("PNG"))).scanned


@pytest.mark.usefixtures("scanned")
def test_a_path_may_be_written_with_its_scheme(settings: Any, clamd: str) -> None:
    settings.PORTAL_SCANNER = f"unix:{clamd}"
    assert take(upload("a.txt", b"words")).scanned


def test_an_infected_file_is_refused_with_a_sentence(scanned: Path) -> None:
    with pytest.raises(BadFile, match=r"“bill.txt” is infected \(Eicar-Test-Signature\)"):
        take(upload("bill.txt", EICAR))
    assert stored_files(scanned) == []


def test_what_hides_in_a_picture_is_found_before_it_is_drawn_anew(scanned: Path) -> None:
    with pytest.raises(BadFile, match="infected"):
        take(upload("a.png", picture("PNG") + EICAR))


@pytest.mark.parametrize("word", [b"silence", b"nonsense", b"too large" + b"x" * 5_000_000])
def test_a_scanner_without_a_verdict_lets_nothing_in(scanned: Path, word: bytes) -> None:
    with pytest.raises(ScannerAway, match="could not be checked for viruses") as caught:
        take(upload("a.txt", word))
    assert caught.value.status == 503
    assert stored_files(scanned) == []


@pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "127.0.0.1:1"])
def test_a_scanner_that_is_away_lets_nothing_in(folder: Path, settings: Any, address: str) -> None:
    settings.PORTAL_SCANNER = address
    with pytest.raises(ScannerAway):
        take(upload("a.txt", b"words"))
    assert stored_files(folder) == []


@pytest.mark.parametrize(
    "value", ["", "/run/clamav/clamd.ctl", "unix:/run/clamd", "scanner.internal:3310", "[::1]:3310"]
)
def test_addresses_of_a_scanner(value: str) -> None:
    assert Reader({"PORTAL_SCANNER": value}).socket("PORTAL_SCANNER") == value


@pytest.mark.parametrize("value", ["clamd", "host:", ":3310", "host:99999", "host:x"])
def test_what_is_no_address_is_refused_by_name(value: str) -> None:
    with pytest.raises(BadSetting, match="PORTAL_SCANNER is"):
        Reader({"PORTAL_SCANNER": value}).socket("PORTAL_SCANNER")
