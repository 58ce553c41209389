"""The tools that look at a PDF from outside: poppler's and qpdf's. A missing one fails the test, it never skips."""

import re
import shutil
import subprocess
from pathlib import Path


def run_tool(tool: str, file: Path, *arguments: str) -> str:
    """What the tool says about the file; its failure is the test's."""
    assert shutil.which(tool), f"{tool} is not installed: apt-get install qpdf poppler-utils"
    done = subprocess.run([tool, *arguments, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def text_of(file: Path) -> str:
    assert shutil.which("pdftotext")
    return subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout


def words_of(file: Path) -> str:
    """The text with every run of white space as one blank."""
    return re.sub(r"\s+", " ", text_of(file))
