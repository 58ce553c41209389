"""What is not for a client reaches it through no door: the database, the pages, the search, the suggestions, the reply."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from portal.actors import SYSTEM
from portal.rules.tokens import Scope
from portal.tenancy import act_as, act_as_staff
from tests.api import programme_of
from tests.articles import drafted, published, words
from tests.cast import MORNING, World
from tests.tickets import acknowledged
from tickets.actions.articles import change_article, move_article, save_article_draft
from tickets.models import Article, ArticleDraft, ArticleReader
from tickets.queries.articles import (
    ALL_WORDS,
    ANY_WORD,
    FOR_CLIENT,
    FOR_STAFF,
    Filters,
    articles_for_staff,
    found_by_client,
    ids_for_staff,
    offered_on,
    suggested_to_client,
)
from tickets.rules.articles import ArticleState, Audience

SECRET = "zanzibar"
HOSTILE = (
    "<script>alert(1)</script>",
    "' or 1=1 --",
    "a & | !( :*",
    "\\",
    "'",
    "a\x00b",
    "%s %(words)s",
    "x" * 5_000,
    "",
)


@pytest.fixture
def shelf(world: World) -> dict[str, Article]:
    """An article of every kind, each with the same rare word in title, tags and body."""
    given = {"title": f"About {SECRET}", "body": f"The {SECRET} words.", "keywords": SECRET}
    alder, birch = world.alder.pk, world.birch.pk
    made = {
        "all": published(world, **given),
        "alders": published(world, **given, audience=Audience.CHOSEN, clients=(alder,)),
        "birches": published(world, **given, audience=Audience.CHOSEN, clients=(birch,)),
        "staff": published(world, **given, audience=Audience.STAFF),
        "draft": drafted(world, **given),
        "retired": published(world, **given),
    }
    with act_as_staff(SYSTEM):
        move_article(made["retired"].pk, ArticleState.RETIRED, by=world.cora.actor, at=MORNING)
    return made


def ids(shelf: dict[str, Article], *names: str) -> set[int]:
    return {shelf[name].pk for name in names}


@pytest.mark.django_db
class TestDoors:
    def test_the_database_shows_a_client_only_what_is_for_it(self, world: World, shelf: dict[str, Article]) -> None:
        with act_as(world.alder.pk):
            assert set(Article.objects.values_list("pk", flat=True)) == ids(shelf, "all", "alders")
            assert list(ArticleReader.objects.values_list("client_id", flat=True)) == [world.alder.pk]
        with act_as(world.birch.pk):
            assert set(Article.objects.values_list("pk", flat=True)) == ids(shelf, "all", "birches")

    @pytest.mark.parametrize(
        "asked",
        [
            "select owner_id from tickets_article",
            "select review_due_at from tickets_article",
            "select body from tickets_articleversion",
            "select body from tickets_articledraft",
            "insert into tickets_articlereader (client_id, article_id) select 1, 1",
            "update tickets_article set audience = 'clients'",
            "delete from tickets_articlevote",
        ],
    )
    def test_the_database_gives_a_client_no_more_rights_than_it_needs(self, world: World, asked: str) -> None:
        refused = pytest.raises(DatabaseError, match="permission denied")
        with act_as(world.alder.pk), connection.cursor() as cursor, refused, transaction.atomic():
            cursor.execute(asked)

    def test_pages_search_and_suggestions_agree(self, world: World, shelf: dict[str, Article], as_user: Any) -> None:
        ann = as_user(world.ann)
        read = ids(shelf, "all", "alders")
        for name, article in shelf.items():
            status = ann.get(f"/c/alder/help/{article.pk}/").status_code
            assert status == (200 if article.pk in read else 404), name
        for url in ("help/", f"help/?q={SECRET}", f"help/suggestions/?subject={SECRET}"):
            page = ann.get(f"/c/alder/{url}").content.decode()
            assert {pk for pk in ids(shelf, *shelf) if f"/help/{pk}/" in page} == read, url
        assert ann.get(f"/c/birch/help/{shelf['birches'].pk}/").status_code == 404

    def test_what_is_not_for_them_can_be_neither_judged_nor_counted(
        self, world: World, shelf: dict[str, Article], as_user: Any
    ) -> None:
        ann = as_user(world.ann)
        for name in ("birches", "staff", "draft", "retired"):
            pk = shelf[name].pk
            assert ann.post(f"/c/alder/help/{pk}/helped/", {"helped": "yes"}).status_code == 404
            assert ann.post("/c/alder/help/solved/", {"article": pk}).status_code == 404
            assert ann.get(f"/desk/articles/{pk}/").status_code == 404

    def test_unsaved_and_earlier_words_are_nobodys_reading(self, world: World, as_user: Any) -> None:
        article = published(world)
        with act_as_staff(SYSTEM):
            save_article_draft(article, title="T", body=f"Half {SECRET}", by=world.cora.actor, at=MORNING)
        for url in (f"/c/alder/help/{article.pk}/", f"/c/alder/help/?q={SECRET}", "/c/alder/help/"):
            assert f"Half {SECRET}" not in as_user(world.ann).get(url).content.decode()
        colleague = as_user(world.lee).get(f"/desk/articles/{article.pk}/edit/").content.decode()
        own = as_user(world.cora).get(f"/desk/articles/{article.pk}/edit/").content.decode()
        assert f"Half {SECRET}" not in colleague and f"Half {SECRET}" in own

    def test_a_reply_takes_in_only_what_its_client_may_read(
        self, world: World, shelf: dict[str, Article], as_user: Any
    ) -> None:
        ticket, cora = acknowledged(world, subject=f"About {SECRET}"), as_user(world.cora)
        page = cora.get(f"/desk/tickets/{ticket.ref}/articles/").content.decode()
        offered = {article.pk for article in shelf.values() if f"?article={article.pk}#" in page}
        assert offered == ids(shelf, "all", "alders")
        for name, article in shelf.items():
            page = cora.get(f"/desk/tickets/{ticket.ref}/?article={article.pk}").content.decode()
            put_in = f"The {SECRET} words.\n" in page and f"/c/alder/help/{article.pk}/</textarea>" in page
            assert put_in == (name in ("all", "alders")), name
            assert ("may not read that article" in page) == (not put_in), name

    def test_programmes_read_what_the_pages_show(self, world: World, shelf: dict[str, Article]) -> None:
        for person, names in (
            (world.ann, ("all", "alders")),
            (world.bea, ("all", "birches")),
            (world.cora, tuple(shelf)),
        ):
            programme = programme_of(person)
            listed = programme.get("articles").json()["results"]
            assert {row["id"] for row in listed} == ids(shelf, *names) and "body" not in listed[0]
            read = {name for name, one in shelf.items() if programme.get(f"articles/{one.pk}").status_code == 200}
            assert read == set(names)
        assert programme.get(f"articles/{shelf['draft'].pk}").json()["body"] == f"The {SECRET} words."
        assert programme_of(world.ann, Scope.TICKETS_READ).get("articles").status_code == 403

    def test_no_notice_of_an_article_goes_to_a_client(self, world: World) -> None:
        published(world)
        with act_as(world.alder.pk), connection.cursor() as cursor:
            cursor.execute("select count(*) from portal_notice")
            assert cursor.fetchone() == (0,)


@pytest.mark.django_db
class TestSearch:
    def test_suggestions_look_for_any_word_in_titles_and_tags(self, world: World) -> None:
        box = published(world, title="My mailbox is full", keywords="quota", body="Delete something.")
        phone = published(world, title="A new phone", keywords="mfa, sign in", body="Mailbox is only in the body.")

        def asked(words: str) -> list[int]:
            with act_as(world.alder.pk):
                return [one.pk for one in suggested_to_client(world.ann.actor, words)]

        assert asked("the mailboxes are odd") == [box.pk]
        assert asked("signing in with MFA") == [phone.pk]
        assert asked("something") == asked("the and of") == asked("") == []
        for number in range(9):
            published(world, title=f"Mailbox {number}")
        assert len(asked("mailbox phone")) == 5

    def test_the_search_wants_all_words_anywhere(self, world: World) -> None:
        one = published(world, title="Phone", keywords="", body="A mailbox is here.")
        with act_as(world.alder.pk):
            assert [row.pk for row in found_by_client(world.ann.actor, "mailbox phone")] == [one.pk]
            assert found_by_client(world.ann.actor, "mailbox telephone") == []
        with act_as_staff(SYSTEM):
            assert [row.pk for row in articles_for_staff(Filters(words="mailbox"))] == [one.pk]
            assert articles_for_staff(Filters(words="mailbox", state="draft")) == []

    @pytest.mark.parametrize("said", HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
    def test_odd_words_find_nothing_and_break_nothing(self, world: World, as_user: Any, said: str) -> None:
        ticket = acknowledged(world, subject=(said.replace("\x00", "") or "x")[:200])
        ann = as_user(world.ann)
        for url, name in (("help/suggestions/", "subject"), ("help/", "q")):
            answer = ann.get(f"/c/alder/{url}", {name: said})
            # No text has a NUL: such an address is refused before anybody looks.
            assert answer.status_code == (400 if "\x00" in said else 200) and b"<script>alert" not in answer.content
        with act_as_staff(SYSTEM):
            assert offered_on(ticket) == [] and offered_on(ticket, said) == []


def test_words_are_found_by_their_index(lasting_world: World) -> None:
    """Filled with rows of the test's own, with statistics, and nothing is switched off: the planner chooses."""
    world = lasting_world
    published(world, title="The zanzibar article")
    copied = "category, audience, version, made_at, changed_at, published_at, owner_id, state, keywords, origin"
    with act_as_staff(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"insert into tickets_article (title, body, {copied}) select 'Article ' || n, repeat('word' || n || ' ', 60), {copied}"
            " from tickets_article, generate_series(1, 4000) n"
        )
    analyse()
    with act_as_staff(SYSTEM), connection.cursor() as cursor:
        for query in (ALL_WORDS, ANY_WORD):
            cursor.execute("explain " + FOR_STAFF.format(query=query), {"words": SECRET, "client": None, "most": 5})
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "tickets_article_search" in plan and "Seq Scan on tickets_article " not in plan, plan
    assert plan_for_client(world).count("tickets_article_search") == 1
    with act_as(world.alder.pk):
        assert [one.title for one in suggested_to_client(world.ann.actor, SECRET)] == ["The zanzibar article"]
    with act_as_staff(SYSTEM):
        assert len(ids_for_staff(SECRET)) == 1


def analyse() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze tickets_article, tickets_articlereader")
    connections["owner"].close()


def plan_for_client(world: World) -> str:
    """What the definer function does inside, as auto_explain would show it: its body, explained as its owner reads it."""
    assert "articles_found" in FOR_CLIENT
    with act_as_staff(SYSTEM), connection.cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname = 'articles_found'")
        body = (
            cursor.fetchone()[0]
            .replace("$1", "5")
            .replace("$2", "websearch_to_tsquery('pg_catalog.english', 'zanzibar')")
        )
        cursor.execute("explain " + body)
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.django_db
def test_a_change_of_audience_is_felt_at_once(world: World, as_user: Any) -> None:
    article, ann = published(world), as_user(world.ann)
    assert ann.get(f"/c/alder/help/{article.pk}/").status_code == 200
    with act_as_staff(SYSTEM):
        change_article(article.pk, words(audience=Audience.STAFF), seen=1, by=world.cora.actor, at=MORNING)
        assert not ArticleDraft.objects.exists()
    assert ann.get(f"/c/alder/help/{article.pk}/").status_code == 404
