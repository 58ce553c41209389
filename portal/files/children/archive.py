"""List what a ZIP claims to hold, without unpacking: `archive.py IN MOST_ENTRIES MOST_BYTES MEMORY SECONDS BYTES`.

One line of JSON: {"folders": [top level], "endings": [...], "bytes": unpacked size} or {"refused": "many" | "bytes" | "damaged"}.
"""

import json
import sys
import zipfile

from limits import take_limits  # type: ignore[import-not-found] # its neighbour; run as a script, isolated


def main(source: str, most_entries: int, most_bytes: int) -> dict[str, object]:
    with zipfile.ZipFile(source) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > most_entries:
        return {"refused": "many"}
    if unpacked > most_bytes:
        return {"refused": "bytes"}
    names = [entry.filename for entry in entries if not entry.is_dir()]
    endings = sorted({name.rstrip(" .").rpartition(".")[2].lower() for name in names if "." in name})
    folders = sorted({name.partition("/")[0] for name in names if "/" in name})
    return {"folders": folders, "endings": endings, "bytes": unpacked}


def answer() -> dict[str, object]:
    try:
        return main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    except MemoryError:
        return {"refused": "many"}
    except Exception as error:  # zipfile trips over hostile bytes in many ways: it is no archive that can be judged
        return {"refused": "damaged", "why": repr(error)}


if __name__ == "__main__":
    take_limits(*(int(value) for value in sys.argv[4:7]))
    json.dump(answer(), sys.stdout)
