"""The interface's own page, its schema, and the example of the docs, run against a live site."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client as Browser

from portal.actors import SYSTEM
from portal.api.schema import operations_of, schema
from portal.problems import KINDS
from portal.tenancy import act_as_staff
from tests.api import token_of
from tickets.models import Message, Ticket

DOCS = Path(__file__).resolve().parents[1] / "docs" / "api.md"


def test_the_example_works_as_it_stands(lasting_world, site):
    (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.S)
    environment = {"PATH": os.environ["PATH"], "PORTAL_URL": site.url, "PORTAL_TOKEN": token_of(lasting_world.ann)}
    ran = subprocess.run([sys.executable, "-c", example], env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    with act_as_staff(SYSTEM):
        one = Ticket.objects.get()
        said = list(Message.objects.order_by("id").values_list("body", flat=True))
    assert said == ["Exit code 3 at 02:10.", "It failed again at 03:10."]
    assert f"raised {one.ref} received" in ran.stdout and f"open ['{one.ref}']" in ran.stdout


def test_every_status_is_in_the_docs():
    text = DOCS.read_text()
    assert [status for status in KINDS if str(status) not in text] == []


class TestTheSchema:
    def test_it_is_given_to_everybody(self, world, client):
        answer = client.get("/api/v1/schema.json")
        assert answer.json()["openapi"].startswith("3.") and answer.json() == json.loads(json.dumps(schema()))

    def test_every_operation_names_its_errors_and_each_write_its_key(self):
        for method, path, operation in operations_of(schema()):
            assert {"400", "401", "403", "404", "405", "429", "503"} <= set(operation["responses"]), path
            keys = [one for one in operation.get("parameters", []) if one["name"] == "Idempotency-Key"]
            assert [one["required"] for one in keys] == ([True] if method == "post" else []), path
            assert operation["security"] == [{"token": []}] and operation["summary"]

    def test_names_of_operations_are_used_once(self):
        names = [operation["operationId"] for _, _, operation in operations_of(schema())]
        assert len(names) == len(set(names))

    def test_making_it_warns_of_nothing(self, capsys):
        schema.__wrapped__()
        assert capsys.readouterr().err == ""


class TestThePage:
    def test_it_shows_each_operation_without_any_script_of_others(self, world):
        page = Browser().get("/api/").content.decode()
        assert [path for _, path, _ in operations_of(schema()) if path not in page] == []
        assert all(source.startswith("/") for source in re.findall(r'src="([^"]+)"', page))

    @pytest.mark.parametrize("anchor", [anchor for anchor, _ in KINDS.values()])
    def test_the_type_of_each_problem_leads_somewhere(self, world, client, anchor):
        assert f'id="{anchor}"' in client.get("/api/").content.decode()
