"""What a web process does not load (portal/lazily.py): the makers of documents."""

import subprocess
import sys
from types import ModuleType

import pytest

from portal.lazily import lazily

HEAVY = ("fontTools", "pyhanko", "aiohttp", "weasyprint")


def test_a_web_process_loads_no_makers_of_documents() -> None:
    program = f"import sys, portal.wsgi; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


def test_a_module_is_loaded_when_something_of_it_is_asked_for() -> None:
    program = (
        "import sys; from portal.lazily import lazily; once = lazily('email.mime.image');"
        "before = 'email.encoders' in sys.modules; once.MIMEImage; print(before, 'email.encoders' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_one_that_is_there_already_is_the_same() -> None:
    assert lazily("subprocess") is subprocess
    assert isinstance(subprocess, ModuleType)


def test_one_that_does_not_exist_is_said_at_once() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"portal\.nowhere"):
        lazily("portal.nowhere")
