"""The supplier's look: chosen by an administrator, measured, kept, and shown on every page."""

import hashlib
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from PIL import Image, ImageDraw

from portal.files.store import incoming, listed, new_name
from portal.models import Logo as LogoRow
from portal.models import Look, Outbox, Supplier
from tests.cast import MORNING, World
from tests.people import audited, mails_to, overview

pytestmark = pytest.mark.django_db
LOOK = "/desk/supplier/look/"
ACCENT, LOGO, REMOVE, SENDER, TEST = (f"{LOOK}{name}/" for name in ("accent", "logo", "logo/remove", "sender", "test"))
NEW_SENDER = {"sender_name": "Alba Cloud", "sender_email": "help@alba.example", "signature": "Alba Cloud\n01273 000000"}


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 100), ink: str = "#1f5ca6") -> SimpleUploadedFile:
    """A logo: a bar on a clear ground, with a margin round it."""
    drawn = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(drawn).rectangle((10, 5, size[0] - 11, size[1] - 6), fill=ink)
    body = BytesIO()
    drawn.convert("RGB" if kind == "JPEG" else "RGBA").save(body, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", body.getvalue())


def row() -> Supplier:
    with overview():
        return Supplier.objects.get()


def stored_files() -> list[str]:
    return listed(new_name().partition("/")[0]) + [path.name for path in incoming().iterdir()]


class TestTheColour:
    def test_is_changed_once_and_kept_with_its_event(self, world: World, as_user: Any) -> None:
        browser, form = as_user(world.ada), {"accent": "#1F5CA6", "idempotency_key": "k1"}
        assert [browser.post(ACCENT, form).headers["Location"] for _ in range(2)] == [LOOK, LOOK]
        assert row().accent == "#1f5ca6" and len(audited("supplier look changed")) == 1
        with overview():
            assert [one.accent for one in Look.objects.order_by("id")] == ["#0b6166", "#1f5ca6"]

    def test_that_cannot_be_read_is_refused_with_the_figure_and_the_nearest(self, world: World, as_user: Any) -> None:
        answer = as_user(world.ada).post(ACCENT, {"accent": "#ffff00"})
        page = answer.content.decode()
        assert answer.status_code == 422 and "1.01 to 1" in page and "#6f6f00" in page
        assert row().accent == "#0b6166" and audited("supplier look changed") == []

    @pytest.mark.parametrize("accent", ["red", "", "#12345", "#12345g"])
    def test_that_is_none_is_said_in_words(self, world: World, as_user: Any, accent: str) -> None:
        assert as_user(world.ada).post(ACCENT, {"accent": accent}).status_code == 422
        assert row().accent == "#0b6166"

    def test_reaches_every_page_by_a_file_of_its_own(self, world: World, as_user: Any) -> None:
        as_user(world.ada).post(ACCENT, {"accent": "#1f5ca6"})
        pages = [(Browser(), "/accounts/login/"), (as_user(world.ann), "/c/alder/"), (as_user(world.ada), "/desk/")]
        for browser, address in pages:
            answer = browser.get(address)
            assert (
                "/brand/accent-1f5ca6-" in answer.content.decode()
                and "/brand/sign-1f5ca6.svg" in answer.content.decode()
            )
            assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
        sheet = answer.content.decode().partition("/brand/accent-")[2].partition('"')[0]
        answer = Browser().get(f"/brand/accent-{sheet}")
        assert "--accent: light-dark(#1f5ca6, " in answer.content.decode()
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert Browser().get("/brand/accent-1f5ca6-00000000.css").status_code == 404

    def test_the_usual_one_needs_no_file(self, world: World) -> None:
        assert "/brand/accent-" not in Browser().get("/accounts/login/").content.decode()

    def test_is_seen_before_it_is_chosen(self, world: World, as_user: Any) -> None:
        for address in (f"{LOOK}sample/?accent=%23ffff00", f"{LOOK}?accent=%23ffff00"):
            page = as_user(world.ada).get(address).content.decode()
            assert "1.01 to 1" in page and "/brand/sample-6f6f00-" in page
        assert row().accent == "#0b6166"


class TestTheLogo:
    @pytest.fixture(autouse=True)
    def store_as_it_was(self) -> None:
        """Tests before this one left theirs in the same store."""
        self.before = set(stored_files())

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_is_drawn_anew_and_nothing_else_is_kept(self, world: World, as_user: Any, kind: str) -> None:
        assert as_user(world.ada).post(LOGO, {"logo": picture(kind)}).headers["Location"] == LOOK
        with overview():
            logo = LogoRow.objects.get()
        assert row().logo == logo.sha256 == hashlib.sha256(logo.data).hexdigest()
        with Image.open(BytesIO(logo.data)) as drawn, Image.open(BytesIO(logo.icon)) as icon:
            assert (drawn.format, icon.format, icon.size) == ("PNG", "PNG", (64, 64))
            assert drawn.size == (logo.width, logo.height)
        assert set(stored_files()) == self.before

    def test_stands_on_every_page_and_is_served_for_good(self, world: World, as_user: Any) -> None:
        as_user(world.ada).post(LOGO, {"logo": picture()})
        address = f"/brand/logo-{row().logo}.png"
        for browser, page in (
            (Browser(), "/accounts/login/"),
            (as_user(world.ben), "/c/alder/"),
            (Browser(), "/terms/"),
        ):
            text = browser.get(page).content.decode()
            assert address in text and f"/brand/icon-{row().logo}.png" in text
            assert f'alt="{row().name}"' in text
        answer = Browser().get(address)
        assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
        assert "immutable" in answer.headers["Cache-Control"] and "sandbox" in answer.headers["Content-Security-Policy"]
        assert not answer.cookies

    def test_the_margin_is_cut_and_a_square_one_leaves_the_name(self, world: World, as_user: Any) -> None:
        as_user(world.ada).post(LOGO, {"logo": picture(size=(200, 200))})
        assert (row().logo_width, row().logo_height, row().logo_is_wide) == (180, 190, False)
        page = Browser().get("/accounts/login/").content.decode()
        assert f'height="28"></span>{row().name}' in page

    @pytest.mark.parametrize(
        ("file", "says"),
        [
            (
                SimpleUploadedFile("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
                "An SVG can hold",
            ),
            (SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\nbroken"), "damaged"),
            (SimpleUploadedFile("logo.pdf", b"%PDF-1.7\n"), "no PNG, JPEG or WebP"),
            (picture(size=(400, 23)), "smaller than 24"),
            (picture(size=(6001, 40)), "larger than 2 MB or 6000"),
            (picture(ink="#fafafa"), "so light"),
        ],
        ids=["svg", "broken", "pdf", "small", "large", "white"],
    )
    def test_that_cannot_be_one_is_refused_in_words(self, world: World, as_user: Any, file: Any, says: str) -> None:
        file.seek(0)
        answer = as_user(world.ada).post(LOGO, {"logo": file})
        assert answer.status_code == 422 and says in answer.content.decode()
        assert row().logo == "" and set(stored_files()) == self.before

    def test_too_much_detail_is_refused(self, world: World, as_user: Any) -> None:
        noise, body = Image.effect_noise((640, 240), 120).convert("RGB"), BytesIO()
        Image.merge("RGB", [Image.effect_noise((640, 240), 120) for _ in "rgb"]).save(body, "PNG")
        assert noise.size == (640, 240)
        answer = as_user(world.ada).post(LOGO, {"logo": SimpleUploadedFile("photo.png", body.getvalue())})
        assert answer.status_code == 422 and "too much detail" in answer.content.decode()

    def test_none_and_two_are_refused(self, world: World, as_user: Any) -> None:
        browser = as_user(world.ada)
        assert browser.post(LOGO, {}).status_code == 422
        assert browser.post(LOGO, {"logo": [picture(), picture("JPEG")]}).status_code == 422
        assert row().logo == "" and set(stored_files()) == self.before

    def test_is_taken_away_and_comes_back_with_its_look(self, world: World, as_user: Any) -> None:
        browser = as_user(world.ada)
        browser.post(LOGO, {"logo": picture()})
        sha256 = row().logo
        assert browser.post(REMOVE).headers["Location"] == LOOK
        assert (row().logo, row().logo_width) == ("", 0)
        with overview():
            look = Look.objects.get(logo=sha256)
        assert browser.post(f"{LOOK}{look.pk}/restore/").headers["Location"] == LOOK
        assert row().logo == sha256 and row().logo_width > 0
        assert len(audited("supplier look changed")) == 3

    def test_an_unknown_one_is_missing(self, world: World) -> None:
        assert {Browser().get(f"/brand/{kind}-{'0' * 64}.png").status_code for kind in ("logo", "icon")} == {404}


class TestTheSender:
    def test_is_changed_with_its_signature_and_the_next_mail_has_both(self, world: World, as_user: Any) -> None:
        browser = as_user(world.ada)
        assert browser.post(SENDER, NEW_SENDER).headers["Location"] == SENDER
        assert (row().sender_email, row().sender_name) == ("help@alba.example", "Alba Cloud")
        assert browser.post(TEST, {"idempotency_key": "k1"}).headers["Location"] == SENDER
        assert browser.post(TEST, {"idempotency_key": "k1"}).status_code == 302
        [mail] = mails_to(world.ada.user.email)
        assert mail.kind == "test mail" and "Alba Cloud\n01273 000000" in mail.text
        assert mail.message_id.endswith("@alba.example>")

    def test_asks_for_a_fresh_proof(self, world: World, as_user: Any) -> None:
        browser = as_user(world.ada, minutes_ago=15)
        for answer in (browser.get(SENDER), browser.post(SENDER, NEW_SENDER), browser.post(f"{LOOK}1/restore/")):
            assert answer.headers["Location"].startswith("/accounts/confirm/")
        assert row().sender_email != "help@alba.example"
        assert browser.get(LOOK).status_code == 200

    @pytest.mark.parametrize(
        "change",
        [
            {"sender_email": "help@alba.example\nBcc: all@alba.example"},
            {"sender_email": "help@alba.example, other@alba.example"},
            {"sender_email": "help"},
            {"sender_email": "hélp@alba.example"},
            {"sender_name": "Alba\r\nBcc: all@alba.example"},
            {"sender_name": 'Alba" <x@y.example>'},
            {"signature": "\n".join("1234567")},
            {"signature": "x" * 77},
            {"signature": "Alba\x00"},
            {"signature": "Alba\n-- \nBrighton"},
        ],
        ids=[
            "break",
            "two",
            "no address",
            "letters",
            "break in name",
            "address in name",
            "lines",
            "width",
            "nul",
            "rule",
        ],
    )
    def test_what_no_mail_may_carry_is_refused(self, world: World, as_user: Any, change: Any) -> None:
        before = row()
        assert as_user(world.ada).post(SENDER, NEW_SENDER | change).status_code == 422
        assert (row().sender_email, row().sender_name) == (before.sender_email, before.sender_name)

    def test_says_what_spf_and_dkim_have_to_do_with_it(self, world: World, as_user: Any) -> None:
        page = as_user(world.ada).get(SENDER).content.decode()
        assert "SPF" in page and "DKIM" in page

    def test_the_details_page_no_longer_changes_it(self, world: World, as_user: Any) -> None:
        given = {"name": "Alba", "address": "1 Road", "sender_email": "x@alba.example"}
        before = row().sender_email
        assert as_user(world.ada).post("/desk/supplier/", given).status_code == 302
        assert (row().name, row().sender_email) == ("Alba", before)


def test_others_change_nothing(world: World, as_user: Any) -> None:
    others = (world.lee, world.cora, world.dev, world.ann, world.bea)
    posts = [(ACCENT, {"accent": "#1f5ca6"}), (SENDER, NEW_SENDER), (REMOVE, {}), (TEST, {}), (f"{LOOK}1/restore/", {})]
    answers = {as_user(one).post(where, given).status_code for one in others for where, given in posts}
    assert answers <= {403, 404}
    with overview():
        assert not Look.objects.exists() and not Outbox.objects.exists()


def test_a_look_that_never_was_is_refused_and_none_is_ever_changed(world: World, as_user: Any) -> None:
    browser = as_user(world.ada)
    browser.post(ACCENT, {"accent": "#1f5ca6"})
    assert "no such earlier look" in browser.post(f"{LOOK}999999/restore/", follow=True).content.decode()
    for model in (Look, LogoRow):
        with overview(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.update(id=1)


def test_the_page_costs_as_much_for_one_look_as_for_many(world: World, as_user: Any) -> None:
    browser, counts = as_user(world.ada), []
    for more in (1, 10):
        for number in range(more):
            browser.post(ACCENT, {"accent": f"#1f5c{more * 8 + number:02x}"})
        browser.get(LOOK)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LOOK)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
