"""Stored files that no row knows go; those of messages and documents stay."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portal import clock
from portal.actors import SYSTEM
from portal.files.store import is_stored, new_name
from portal.models import Document
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tickets.actions.files import remove_orphans

pytestmark = pytest.mark.django_db


def stored(age: timedelta) -> str:
    name = default_storage.save(new_name(), ContentFile(b"bytes"))
    then = (clock.real_now() - age).timestamp()
    os.utime(default_storage.path(name), (then, then))
    return name


def test_old_files_without_a_row_go_and_issued_documents_stay(world: World) -> None:
    lost, fresh, issued = stored(timedelta(hours=4)), stored(timedelta(minutes=5)), stored(timedelta(hours=4))
    facts: dict[str, Any] = {
        "snapshot": {},
        "snapshot_sha256": "0" * 64,
        "template_version": "1",
        "size": 5,
        "pages": 1,
    }
    with act_as_staff(SYSTEM):
        Document.objects.create(
            kind="test", number="1", title="One", unsigned_sha256="0" * 64, signed_sha256="1" * 64, storage_name=issued,
            issued_at=MORNING, issued_by="Test", **facts,
        )  # fmt: skip
        assert remove_orphans(MORNING) >= 1
    assert not is_stored(lost)
    assert is_stored(fresh) and is_stored(issued)
