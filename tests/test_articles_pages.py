"""The pages of articles: what a post does, once; what the editor warns of; and what is asked of the database."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.models import AuditEvent
from portal.tenancy import act_as_staff
from tests.articles import as_posted, drafted, published
from tests.cast import MORNING, World
from tests.tickets import acknowledged, publish_now
from tickets.models import Article, ArticleDraft, ArticleSolved, ArticleVersion, ArticleVote, Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def events(kind: str) -> int:
    with act_as_staff(SYSTEM):
        return AuditEvent.objects.filter(kind=kind).count()


def answered(world: World, body: str) -> Message:
    ticket = acknowledged(world, subject="Ben cannot send")
    with act_as_staff(SYSTEM):
        return publish_now(ticket.pk, body, by=world.cora.actor, at=MORNING)


class TestEditor:
    def test_an_article_is_written_once_shown_changed_and_published(self, world: World, as_user: Any) -> None:
        cora = as_user(world.cora)
        given = as_posted(owner=world.lee.staff.pk, review_on="2027-03-01", idempotency_key="a")
        for _ in range(2):
            answer = cora.post("/desk/articles/add/", given)
            assert answer.status_code == 302
        with act_as_staff(SYSTEM):
            article = Article.objects.get()
        assert (article.state, article.owner_id, article.version) == ("draft", world.lee.staff.pk, 1)
        assert article.review_due_at and article.review_due_at.isoformat() == "2027-03-01T09:00:00+00:00"
        page = cora.get(answer["Location"]).content.decode()
        assert "<strong>File</strong>" in page and "Publish" in page and "Lee Lister" in page
        for _ in range(2):
            cora.post(f"/desk/articles/{article.pk}/move/", {"to": "published", "idempotency_key": "b"})
        assert events("article written") == events("article published") == 1
        editor = cora.get(f"/desk/articles/{article.pk}/edit/").content.decode()
        assert "its readers see what you save at once" in editor and 'value="2027-03-01"' in editor
        changed = as_posted(owner=world.lee.staff.pk, body="Press Add.", note="Shorter", version=1)
        for _ in range(2):
            cora.post(f"/desk/articles/{article.pk}/edit/", changed | {"idempotency_key": "c"})
        assert "Press Add." in as_user(world.ben).get(f"/c/alder/help/{article.pk}/").content.decode()
        late = cora.post(f"/desk/articles/{article.pk}/edit/", changed | {"body": "Late."})
        assert late.status_code == 422 and "Cora Carter saved version 2" in late.content.decode()
        with act_as_staff(SYSTEM):
            assert ArticleVersion.objects.count() == 2

    def test_versions_are_compared_and_restored_once(self, world: World, as_user: Any) -> None:
        article, cora = drafted(world), as_user(world.cora)
        cora.post(f"/desk/articles/{article.pk}/edit/", as_posted(owner=world.cora.staff.pk, body="Press.", version=1))
        page = cora.get(f"/desk/articles/{article.pk}/versions/").content.decode()
        assert "<ins>Press.</ins>" in page and "<del>Choose **File**, then add it.</del>" in page
        assert cora.get(f"/desk/articles/{article.pk}/versions/?old=1&new=x").status_code == 200
        assert cora.get(f"/desk/articles/{article.pk}/versions/?old=7").status_code == 404
        for _ in range(2):
            cora.post(f"/desk/articles/{article.pk}/versions/1/restore/", {"idempotency_key": "r"})
        assert cora.post(f"/desk/articles/{article.pk}/versions/9/restore/").status_code == 404
        assert events("article restored") == 1
        assert "Version 1 restored" in cora.get(f"/desk/articles/{article.pk}/").content.decode()

    def test_words_keep_themselves_until_saved_or_thrown_away(self, world: World, as_user: Any) -> None:
        cora, lee = as_user(world.cora), as_user(world.lee)
        assert cora.post("/desk/articles/add/draft/", {"title": "T", "body": "Half a sen"}).status_code == 204
        assert cora.post("/desk/articles/add/draft/", {"title": "T", "body": "x" * 20_001}).status_code == 422
        page = cora.get("/desk/articles/add/").content.decode()
        assert "Half a sen</textarea>" in page and "not saved yet" in page
        assert "Half a sen" not in lee.get("/desk/articles/add/").content.decode()
        for _ in range(2):
            assert cora.post("/desk/articles/add/discard/", {"idempotency_key": "d"}).status_code == 302
        with act_as_staff(SYSTEM):
            assert not ArticleDraft.objects.exists()
        assert events("article draft discarded") == 1

    def test_a_preview_keeps_nothing_and_runs_nothing(self, world: World, as_user: Any) -> None:
        given = {"title": "<b>T</b>", "body": "# A\n<script>alert(1)</script> [x](javascript:a)"}
        for headers in ({}, {"HX-Request": "true"}):
            page = as_user(world.cora).post("/desk/articles/preview/", given, headers=headers).content.decode()
            assert "<h2>A</h2>" in page and "&lt;b&gt;T" in page and "<script>alert" not in page
            assert 'javascript:a"' not in page
        with act_as_staff(SYSTEM):
            assert not Article.objects.exists() and not ArticleDraft.objects.exists()

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"title": ""}, "This field is required"),
            ({"audience": "chosen"}, "Choose at least one client"),
            ({"category": "gossip"}, "Select a valid choice"),
            ({"owner": "0"}, "Select a valid choice"),
            ({"body": "x" * 20_001}, "at most 20000"),
        ],
        ids=["no title", "nobody chosen", "no category", "no owner", "too long"],
    )
    def test_what_is_no_article_is_not_saved(
        self, world: World, as_user: Any, change: dict[str, str], sentence: str
    ) -> None:
        given = as_posted(owner=world.cora.staff.pk) | change
        answer = as_user(world.cora).post("/desk/articles/add/", given)
        assert answer.status_code == 422 and sentence in answer.content.decode()


class TestFromAnAnswer:
    def test_names_are_warned_of_and_stay_only_when_somebody_says_so(self, world: World, as_user: Any) -> None:
        message, cora = answered(world, "Dear Ben, choose File, then Add."), as_user(world.cora)
        with act_as_staff(SYSTEM):
            ref = Ticket.objects.get(pk=message.ticket_id).ref
        url = f"/desk/articles/add/?ticket={ref}&message={message.pk}"
        assert url.replace("&", "&amp;") in cora.get(f"/desk/tickets/{ref}/").content.decode()
        page = cora.get(url).content.decode()
        assert "Dear Ben, choose File" in page and "Take out everything that is theirs" in page and "<b>Ben</b>" in page
        given = as_posted(owner=world.cora.staff.pk, title="Send again", body="Dear Ben, choose File.")
        refused = cora.post(url, given)
        assert refused.status_code == 422 and "Still there: Ben." in refused.content.decode()
        assert cora.post(url, given | {"body": "Choose File."}).status_code == 302
        assert cora.post(url, given | {"title": "Two", "cleared": "on"}).status_code == 302
        with act_as_staff(SYSTEM):
            assert set(Article.objects.values_list("state", flat=True)) == {"draft"}
            assert set(Article.objects.values_list("body", flat=True)) == {"Choose File.", "Dear Ben, choose File."}

    def test_only_our_own_answers_begin_an_article(self, world: World, as_user: Any) -> None:
        ticket, cora = acknowledged(world), as_user(world.cora)
        with act_as_staff(SYSTEM):
            theirs = Message.objects.get(ticket_id=ticket.pk)
        for message in (theirs.pk, 0, "x"):
            assert cora.get(f"/desk/articles/add/?ticket={ticket.ref}&message={message}").status_code == 404
        page = as_user(world.ben).get(f"/c/alder/requests/{ticket.ref}/").content.decode()
        assert "Make an article" not in page

    def test_names_are_asked_about_again_before_clients_read_them(self, world: World, as_user: Any) -> None:
        message, cora = answered(world, "Dear Ben, choose File, then Add."), as_user(world.cora)
        cora.post("/desk/articles/add/draft/", {"title": "Mine", "body": "Another, half written"})
        with act_as_staff(SYSTEM):
            ref = Ticket.objects.get(pk=message.ticket_id).ref
        url = f"/desk/articles/add/?ticket={ref}&message={message.pk}"
        assert "data-draft-url" not in cora.get(url).content.decode()
        given = as_posted(owner=world.cora.staff.pk, body="Dear Ben, choose File.", audience="staff")
        where = cora.post(url, given | {"cleared": "on"})["Location"]
        with act_as_staff(SYSTEM):
            assert ArticleDraft.objects.get().title == "Mine" and Article.objects.get().origin == ref
        # Widened without the word for it, in the editor that knows no address of an answer any more.
        wider = cora.post(f"{where}edit/", given | {"audience": "clients", "version": 1})
        assert wider.status_code == 422 and "Still there: Ben." in wider.content.decode()
        cora.post(f"{where}edit/", given | {"audience": "clients", "version": 1, "cleared": "on"})
        cora.post(f"{where}move/", {"to": "published"})
        page = cora.get(where).content.decode()
        assert "Names that still stand in it: <b>Ben</b>" in page
        with act_as_staff(SYSTEM):
            assert Article.objects.get().state == "draft"
        cora.post(f"{where}move/", {"to": "published", "cleared": "on"})
        with act_as_staff(SYSTEM):
            assert Article.objects.get().state == "published"


class TestClients:
    def test_did_it_help_is_said_once_by_each_and_can_be_changed(self, world: World, as_user: Any) -> None:
        article, ben = published(world), as_user(world.ben)
        url = f"/c/alder/help/{article.pk}/helped/"
        for _ in range(2):
            assert ben.post(url, {"helped": "yes", "idempotency_key": "v"}).status_code == 302
        assert events("article judged") == 1
        assert "You said that it helped" in ben.get(f"/c/alder/help/{article.pk}/").content.decode()
        ben.post(url, {"helped": "no"})
        as_user(world.ann).post(url, {"helped": "yes"})
        assert ben.post(url, {"helped": "perhaps"}).status_code == 404
        with act_as_staff(SYSTEM):
            assert sorted(ArticleVote.objects.values_list("helped", flat=True)) == [False, True]
        assert "1 yes, 1 no" in as_user(world.cora).get("/desk/articles/").content.decode()

    def test_this_solved_it_is_counted_once_and_makes_no_request(self, world: World, as_user: Any) -> None:
        article, ben = published(world), as_user(world.ben)
        given = {"article": article.pk, "idempotency_key": "s"}
        assert "No request was sent" in ben.post("/c/alder/help/solved/", given, follow=True).content.decode()
        assert ben.post("/c/alder/help/solved/", given).status_code == 302
        with act_as_staff(SYSTEM):
            assert ArticleSolved.objects.count() == 1 and not Ticket.objects.exists()
        assert events("solved by article") == 1

    def test_help_is_never_in_the_way_of_a_request(self, world: World, as_user: Any) -> None:
        """With articles or without, with suggestions asked for or not: the same post makes the same request."""
        ben = as_user(world.ben)
        assert "help/suggestions" not in ben.get("/c/alder/requests/new/").content.decode()
        published(world, title="Mailbox full")
        form = ben.get("/c/alder/requests/new/").content.decode()
        assert 'class="suggested js-only"' in form and form.index("</form>") < form.index('id="solved"')
        ben.get("/c/alder/help/suggestions/", {"subject": "mailbox full"})
        given = {"subject": "Mailbox full", "body": "I cannot send."}
        assert ben.post("/c/alder/requests/new/", given).status_code == 302
        with act_as_staff(SYSTEM):
            assert Ticket.objects.count() == 1 and not ArticleSolved.objects.exists()

    def test_the_list_stands_by_category_and_is_searched(self, world: World, as_user: Any) -> None:
        published(world, title="Zebra", category="mail")
        published(world, title="Anchor", category="devices")
        ben = as_user(world.ben)
        page = ben.get("/c/alder/help/").content.decode()
        assert page.index("Mail and calendar") < page.index("Zebra") < page.index("Computers and phones")
        found = ben.get("/c/alder/help/?q=anchor").content.decode()
        assert "Anchor" in found and "Zebra" not in found
        assert "Nothing has all these words" in ben.get("/c/alder/help/?q=nothing+here").content.decode()


def test_lists_ask_as_much_for_twenty_articles_as_for_one(world: World, as_user: Any) -> None:
    published(world)
    ticket, cora, ben = acknowledged(world), as_user(world.cora), as_user(world.ben)
    asked = (
        (cora, "/desk/articles/"), (cora, "/desk/articles/?q=mailbox"), (cora, f"/desk/tickets/{ticket.ref}/articles/"),
        (ben, "/c/alder/help/"), (ben, "/c/alder/help/?q=mailbox"), (ben, "/c/alder/help/suggestions/?subject=mailbox"),
    )  # fmt: skip
    counts: list[list[int]] = []
    for _ in range(2):
        counts.append([])
        for browser, url in asked:
            browser.get(url)
            with CaptureQueriesContext(connection) as queries:
                browser.get(url)
            counts[-1].append(len(queries))
        for number in range(19):
            published(world, title=f"Mailbox {number}")
    assert counts[0] == counts[1] and max(counts[0]) <= 20, counts


def test_versions_ask_as_much_for_twenty_as_for_one(world: World, as_user: Any) -> None:
    article, cora = drafted(world), as_user(world.cora)
    counts = []
    for many in (1, 20):
        with act_as_staff(SYSTEM):
            ArticleVersion.objects.bulk_create(
                ArticleVersion(article=article, number=number, title="T", body="B", category="mail", made_at=MORNING)
                for number in range(article.versions.count() + 1, many + 1)
            )
        for url in ("", "versions/"):
            cora.get(f"/desk/articles/{article.pk}/{url}")
            with CaptureQueriesContext(connection) as queries:
                cora.get(f"/desk/articles/{article.pk}/{url}")
            counts.append(len(queries))
    assert counts[:2] == counts[2:], counts
