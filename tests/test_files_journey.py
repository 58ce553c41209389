"""A client's files from the form to the ticket and back, through the pages (issue A slice 5)."""

import re
from pathlib import Path
from typing import Any

import pytest

from portal.actors import SYSTEM
from portal.files.limits import PERSON_DAY_BYTES
from portal.tenancy import act_as_staff
from tests.cast import MORNING
from tests.clamd import EICAR
from tests.filemaking import GPS, bytes_of, folder, opened, picture, stored_files, upload  # noqa: F401
from tests.rows import attachment, message, ticket
from tickets.models import Attachment, Ticket
from tickets.rules.states import MessageKind

STORY = "Since this morning nothing arrives."
WORDS = {"subject": "The shared mailbox is silent", "body": STORY}


class TestAsking:
    @pytest.fixture
    def ask(self, world: Any, as_user: Any, folder: Path, frozen: Any) -> Any:
        frozen(MORNING)
        browser = as_user(world.ann)

        def post(*files: Any, **fields: Any) -> Any:
            return browser.post("/c/alder/requests/new/", {**WORDS, **fields, "files": list(files)})

        return post

    def rows(self) -> list[Attachment]:
        with act_as_staff(SYSTEM):
            return list(Attachment.objects.order_by("id"))

    def test_a_telephone_s_picture_reaches_the_ticket_without_its_place(self, ask: Any) -> None:
        assert ask(upload("IMG_1.HEIC", picture("HEIF")), upload("log.txt", b"12:00 silence")).status_code == 302
        photo, text = self.rows()
        assert (photo.name, photo.content_type, photo.client_visible) == ("IMG_1.jpg", "image/jpeg", True)
        assert photo.scanned_at is None
        assert not opened(photo.storage_name).getexif().get_ifd(GPS)
        assert bytes_of(text.storage_name) == b"12:00 silence"

    def test_a_refused_file_loses_neither_words_nor_the_other_file(self, ask: Any) -> None:
        answer = ask(upload("log.txt", b"12:00 silence"), upload("fix.exe", b"MZ"))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "“fix.exe” could run as a programme" in page
        assert STORY in page
        token = re.search(r'name="files-kept" value="([^"]+)" checked', page)
        assert token
        assert self.rows() == []
        assert ask(**{"files-kept": token[1]}).status_code == 302
        assert [row.name for row in self.rows()] == ["log.txt"]

    def test_another_person_cannot_hand_in_what_ann_sent(self, ask: Any, world: Any, as_user: Any) -> None:
        page = ask(upload("log.txt", b"12:00 silence"), body="").content.decode()
        token = re.search(r'name="files-kept" value="([^"]+)" checked', page)
        assert token
        answer = as_user(world.bea).post("/c/birch/requests/new/", {**WORDS, "files-kept": token[1]})
        assert answer.status_code == 422
        assert self.rows() == []

    @pytest.mark.clause("SUB-1")
    def test_over_the_day_s_room_the_request_is_kept_on_the_page(self, ask: Any, world: Any) -> None:
        with act_as_staff(SYSTEM):
            said = message(
                ticket(world, world.ann.membership), kind=MessageKind.REQUEST, author_member=world.ann.membership
            )
            attachment(said, size=PERSON_DAY_BYTES, added_at=MORNING)
        answer = ask(upload("log.txt", b"12:00 silence"))
        assert answer.status_code == 422
        assert STORY in answer.content.decode()
        with act_as_staff(SYSTEM):
            assert Ticket.objects.filter(subject=WORDS["subject"]).count() == 0

    def test_without_a_scanner_that_answers_nothing_gets_in(self, ask: Any, settings: Any, folder: Path) -> None:
        settings.PORTAL_SCANNER = "/nowhere/clamd.ctl"
        answer = ask(upload("log.txt", EICAR))
        assert answer.status_code == 503
        assert "could not be checked for viruses" in answer.content.decode()
        assert stored_files(folder) == []


class TestComposer:
    def test_staff_keep_words_and_files_when_one_file_is_refused(self, world: Any, as_user: Any, folder: Path) -> None:
        with act_as_staff(SYSTEM):
            ref = ticket(world, world.ann.membership).ref
        sent = {"kind": "note", "body": STORY, "files": [upload("log.txt", b"12:00"), upload("fix.exe", b"MZ")]}
        browser = as_user(world.cora)
        answer = browser.post(f"/desk/tickets/{ref}/say/", sent)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "“fix.exe” could run" in page
        assert STORY in page
        token = re.search(r'name="files-kept" value="([^"]+)" checked', page)
        assert token
        again = browser.post(f"/desk/tickets/{ref}/say/", {"kind": "note", "body": STORY, "files-kept": token[1]})
        assert again.status_code == 302
        with act_as_staff(SYSTEM):
            row = Attachment.objects.get()
        assert (row.name, row.client_visible, row.added_by) == ("log.txt", False, "Cora Carter")
