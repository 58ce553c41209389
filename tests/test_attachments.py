"""Files out: only to those who may see the request, and never as anything that a browser would run (TRUST A13, A19)."""

from pathlib import Path
from typing import Any

import pytest

from portal.actors import SYSTEM
from portal.files import Taken, discard, take
from portal.tenancy import act_as_staff
from tests.filemaking import folder, picture, upload  # noqa: F401
from tests.rows import attachment, message, ticket
from tickets.models import Attachment
from tickets.rules.states import Visibility


def row_of(taken: Taken, on: Any) -> Attachment:
    row = attachment(
        on,
        name=taken.name,
        content_type=taken.content_type,
        size=taken.size,
        sha256=taken.sha256,
        storage_name=taken.storage_name,
    )
    row.ticket = on.ticket
    return row


class TestAttachments:
    @pytest.fixture
    def files(self, world: Any, folder: Path) -> dict[str, Attachment]:
        """Ann's request with a picture, a text and a file of a note; one of Ben's; Ann's confidential one."""
        with act_as_staff(SYSTEM):
            anns, bens = ticket(world, world.ann.membership), ticket(world, world.ben.membership)
            secret = ticket(world, world.ann.membership, visibility=Visibility.CONFIDENTIAL)
            return {
                "picture": row_of(take(upload("Screen “1”.png", picture("PNG"))), message(anns)),
                "page": row_of(take(upload("page.html", b"<script>alert(1)</script>")), message(anns)),
                "note": row_of(take(upload("note.txt", b"staff only")), message(anns, shown=False)),
                "bens": row_of(take(upload("ben.txt", b"ben's words")), message(bens)),
                "secret": row_of(take(upload("secret.txt", b"secret")), message(secret)),
            }

    @pytest.fixture
    def get(self, as_user: Any) -> Any:
        def fetch(person: Any, row: Attachment, *, slug: str = "", ref: str = "", query: str = "") -> Any:
            start = f"/c/{slug}/requests" if slug else "/desk/tickets"
            return as_user(person).get(f"{start}/{ref or row.ticket.ref}/files/{row.pk}/{query}")

        return fetch

    def test_a_manager_downloads_a_file(self, world: Any, files: Any, get: Any) -> None:
        answer = get(world.ann, files["picture"], slug="alder")
        body = answer.getvalue()
        assert answer.status_code == 200
        assert body.startswith(b"\x89PNG")
        assert answer["Content-Length"] == str(len(body)) == str(files["picture"].size)
        assert answer["Content-Type"] == "image/png"
        assert answer["Content-Disposition"].startswith("attachment; filename")

    def test_nothing_is_kept_or_guessed_by_the_browser(self, world: Any, files: Any, get: Any) -> None:
        answer = get(world.ann, files["page"], slug="alder", query="?inline=1")
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"] == 'attachment; filename="page.html"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        answer.getvalue()  # to the end: closing it here would close the connection of the test

    def test_a_picture_is_shown_in_the_page_when_asked(self, world: Any, files: Any, get: Any) -> None:
        answer = get(world.ann, files["picture"], slug="alder", query="?inline=1")
        assert answer["Content-Disposition"].startswith("inline; filename")
        answer.getvalue()  # to the end: closing it here would close the connection of the test

    def test_staff_see_the_files_of_notes_too(self, world: Any, files: Any, get: Any) -> None:
        assert get(world.cora, files["note"]).getvalue() == b"staff only"

    def test_a_client_never_sees_the_file_of_a_note(self, world: Any, files: Any, get: Any) -> None:
        assert get(world.ann, files["note"], slug="alder").status_code == 404

    def test_an_author_sees_the_own_files_only(self, world: Any, files: Any, get: Any) -> None:
        assert get(world.ben, files["bens"], slug="alder").getvalue() == b"ben's words"
        assert get(world.ben, files["picture"], slug="alder").status_code == 404

    def test_a_confidential_file_is_the_requester_s(self, world: Any, files: Any, get: Any) -> None:
        assert get(world.ann, files["secret"], slug="alder").getvalue() == b"secret"
        assert get(world.ben, files["secret"], slug="alder").status_code == 404

    def test_a_file_is_not_reached_through_another_request(self, world: Any, files: Any, get: Any) -> None:
        other = files["bens"].ticket.ref
        assert get(world.ann, files["secret"], slug="alder", ref=other).status_code == 404
        assert get(world.cora, files["secret"], ref=other).status_code == 404

    @pytest.mark.parametrize("slug", ["alder", "birch"])
    def test_another_client_s_file_is_missing(self, world: Any, files: Any, get: Any, slug: str) -> None:
        assert get(world.bea, files["picture"], slug=slug).status_code == 404

    def test_a_withdrawn_file_is_gone_for_the_client_and_there_for_staff(
        self, world: Any, files: Any, get: Any
    ) -> None:
        with act_as_staff(SYSTEM):
            said = files["picture"].message
            said.client_visible = False
            said.save(update_fields=["client_visible"])
        assert get(world.ann, files["picture"], slug="alder").status_code == 404
        answer = get(world.cora, files["picture"])
        assert answer.status_code == 200
        answer.getvalue()  # to the end: closing it here would close the connection of the test

    @pytest.mark.clause("CMP-6")
    def test_staff_without_an_agreement_get_no_file(self, world: Any, files: Any, get: Any) -> None:
        assert get(world.dev, files["picture"]).status_code == 403

    def test_a_client_does_not_reach_the_desk_s_address(self, world: Any, files: Any, get: Any) -> None:
        assert get(world.ann, files["picture"]).status_code == 404

    def test_a_visitor_is_sent_to_sign_in(self, client: Any, files: Any) -> None:
        row = files["picture"]
        assert client.get(f"/desk/tickets/{row.ticket.ref}/files/{row.pk}/").status_code == 302

    def test_a_file_that_the_disk_lost_is_missing(self, world: Any, files: Any, get: Any) -> None:
        discard(files["bens"].storage_name)
        assert get(world.cora, files["bens"]).status_code == 404

    def test_a_file_is_only_read(self, world: Any, files: Any, as_user: Any) -> None:
        row = files["picture"]
        assert as_user(world.cora).post(f"/desk/tickets/{row.ticket.ref}/files/{row.pk}/").status_code == 405
