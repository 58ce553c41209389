"""Writing articles: versions kept whole, moves by their table, drafts of one's own, votes, and the notice of a review."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent, Notice
from portal.tenancy import act_as, act_as_staff
from tests.articles import drafted, published, words
from tests.cast import MORNING, World
from tickets.actions.articles import (
    change_article,
    discard_article_draft,
    move_article,
    restore_version,
    save_article_draft,
    solved_by_article,
    tell_reviews,
    vote,
    write_article,
)
from tickets.models import Article, ArticleDraft, ArticleReader, ArticleSolved, ArticleVersion, ArticleVote
from tickets.queries.articles import article_for_staff, use_of
from tickets.rules.articles import ArticleState, Audience

LATER = MORNING + timedelta(hours=1)
DUE = MORNING + timedelta(days=9, hours=-1, minutes=-40)  # nine o'clock


@pytest.mark.django_db
class TestVersions:
    def test_each_change_of_words_is_kept_whole_and_what_came_back_is_new(self, world: World) -> None:
        article = drafted(world)
        by = world.lee.actor
        with act_as_staff(SYSTEM):
            change_article(article.pk, words(body="Press Add.", note="Shorter"), seen=1, by=by, at=LATER)
            change_article(article.pk, words(body="Press Add.", audience=Audience.STAFF), seen=2, by=by, at=LATER)
            done = restore_version(article.pk, 1, by=by, at=LATER)
            rows = list(ArticleVersion.objects.order_by("number").values_list("number", "body", "note", "made_by"))
        assert done.version == 3 and done.body == "Choose **File**, then add it."
        assert rows == [
            (1, done.body, "", "Cora Carter"),
            (2, "Press Add.", "Shorter", "Lee Lister"),
            (3, done.body, "Version 1 restored", "Lee Lister"),
        ]

    def test_what_a_colleague_saved_meanwhile_is_not_overwritten(self, world: World) -> None:
        article = drafted(world)
        with act_as_staff(SYSTEM):
            change_article(article.pk, words(body="Mine."), seen=1, by=world.lee.actor, at=LATER)
            with pytest.raises(Refused, match="Lee Lister saved version 2"):
                change_article(article.pk, words(body="Yours."), seen=1, by=world.cora.actor, at=LATER)
            with pytest.raises(Refused, match="says this already"):
                restore_version(article.pk, 2, by=world.cora.actor, at=LATER)
            assert article_for_staff(article.pk).body == "Mine."

    def test_no_version_is_ever_altered(self, world: World) -> None:
        drafted(world)
        refused = pytest.raises(DatabaseError, match="permission denied")
        with act_as_staff(SYSTEM), connection.cursor() as cursor:
            for act in ("update tickets_articleversion set body = 'x'", "delete from tickets_articleversion"):
                with refused, transaction.atomic():
                    cursor.execute(act)

    def test_each_act_leaves_its_event(self, world: World) -> None:
        article, by = published(world), world.cora.actor
        with act_as_staff(SYSTEM):
            change_article(article.pk, words(title="Other"), seen=1, by=by, at=LATER)
            restore_version(article.pk, 1, by=by, at=LATER)
            move_article(article.pk, ArticleState.RETIRED, by=by, at=LATER)
            move_article(article.pk, ArticleState.DRAFT, by=by, at=LATER)
            said = list(AuditEvent.objects.filter(subject_type="article").order_by("id").values_list("kind", flat=True))
        assert said == [
            "article written", "article published", "article changed", "article restored", "article retired",
            "article brought back",
        ]  # fmt: skip


@pytest.mark.django_db
class TestReaders:
    def test_only_a_chosen_audience_keeps_names(self, world: World) -> None:
        article = drafted(world, audience=Audience.CHOSEN, clients=(world.alder.pk, world.birch.pk))
        with act_as_staff(SYSTEM):
            change = {"seen": 1, "by": world.cora.actor, "at": LATER}
            change_article(article.pk, words(audience=Audience.CHOSEN, clients=(world.birch.pk,)), **change)
            assert list(ArticleReader.objects.values_list("client_id", flat=True)) == [world.birch.pk]
            change_article(article.pk, words(), **change)
            assert not ArticleReader.objects.exists()

    def test_chosen_clients_are_named_before_anybody_reads(self, world: World) -> None:
        article = drafted(world, audience=Audience.CHOSEN)
        shown = published(world)
        with act_as_staff(SYSTEM):
            with pytest.raises(Refused, match="at least one client"):
                move_article(article.pk, ArticleState.PUBLISHED, by=world.cora.actor, at=LATER)
            with pytest.raises(Refused, match="at least one client"):
                change_article(shown.pk, words(audience=Audience.CHOSEN), seen=1, by=world.cora.actor, at=LATER)

    @pytest.mark.parametrize("who", ["ann", "ben"])
    def test_clients_write_nothing(self, world: World, who: str) -> None:
        article, by = published(world), world.people[who].actor
        with act_as_staff(SYSTEM):
            for act in (
                lambda: write_article(words(), by=by, at=LATER),
                lambda: change_article(article.pk, words(), seen=1, by=by, at=LATER),
                lambda: move_article(article.pk, ArticleState.RETIRED, by=by, at=LATER),
                lambda: restore_version(article.pk, 1, by=by, at=LATER),
                lambda: save_article_draft(None, title="x", body="y", by=by, at=LATER),
            ):
                with pytest.raises(Refused):
                    act()


@pytest.mark.django_db
def test_drafts_are_their_writers_own_and_end_with_saving(world: World) -> None:
    article, cora, lee = drafted(world), world.cora.actor, world.lee.actor
    with act_as_staff(SYSTEM):
        for target, by in ((None, cora), (article, cora), (article, lee), (article, lee)):
            save_article_draft(target, title="T", body="Half", by=by, at=MORNING)
        assert ArticleDraft.objects.count() == 3
        write_article(words(title="New"), by=cora, at=LATER)
        assert not ArticleDraft.objects.filter(article=None).exists()
        change_article(article.pk, words(body="x"), seen=1, by=cora, at=LATER)
        assert list(ArticleDraft.objects.values_list("staff_id", flat=True)) == [world.lee.staff.pk]
        save_article_draft(article, title=" ", body="", by=lee, at=LATER)
        discard_article_draft(article, by=lee, at=LATER)
        assert not ArticleDraft.objects.exists()


@pytest.mark.django_db
def test_a_person_votes_once_and_may_change_their_mind(world: World) -> None:
    article = published(world)
    with act_as(world.alder.pk):
        for helped in (True, False, False):
            vote(article.pk, helped=helped, by=world.ben.actor, at=LATER)
        vote(article.pk, helped=True, by=world.ann.actor, at=LATER)
        for _ in range(2):
            solved_by_article(article.pk, by=world.ben.actor, at=LATER)
    with act_as(world.birch.pk):
        assert not ArticleVote.objects.exists() and not ArticleSolved.objects.exists()
        with pytest.raises(Article.DoesNotExist):
            vote(drafted(world).pk, helped=True, by=world.bea.actor, at=LATER)
    with act_as_staff(SYSTEM):
        use = use_of([article])[article.pk]
        assert (use.helped, use.not_helped, use.solved) == (1, 1, 2)
        assert AuditEvent.objects.filter(kind="article judged").count() == 4
        with pytest.raises(Refused):
            vote(article.pk, helped=True, by=world.cora.actor, at=LATER)


@pytest.mark.django_db
class TestReview:
    def due(self, world: World, **changes: object) -> Article:
        owner = world.lee.staff.pk
        return published(world, review_on=date(2026, 12, 3), owner_id=owner, **changes)

    def sweep(self, at: object) -> int:
        with act_as_staff(SYSTEM):
            return tell_reviews(at)  # type: ignore[arg-type]

    def test_the_owner_is_told_once_for_each_date_even_late(self, world: World) -> None:
        article = self.due(world)
        assert article.review_due_at == DUE
        assert self.sweep(DUE - timedelta(seconds=1)) == 0
        late = DUE + timedelta(days=40)
        assert (self.sweep(late), self.sweep(late)) == (1, 0)
        with act_as_staff(SYSTEM):
            notice = Notice.objects.get(kind="article review")
            assert (notice.user_id, notice.at) == (world.lee.user.pk, DUE)
            next_time = words(review_on=date(2027, 2, 1), owner_id=world.lee.staff.pk)
            change_article(article.pk, next_time, seen=1, by=world.lee.actor, at=late)
        assert (self.sweep(late), self.sweep(late + timedelta(days=40))) == (0, 1)

    def test_only_what_is_published_is_reviewed(self, world: World) -> None:
        article = self.due(world)
        drafted(world, review_on=date(2026, 12, 3))
        with act_as_staff(SYSTEM):
            move_article(article.pk, ArticleState.RETIRED, by=world.cora.actor, at=LATER)
        assert self.sweep(DUE + timedelta(days=1)) == 0

    def test_where_the_owner_has_left_the_leads_are_told(self, world: World) -> None:
        self.due(world)
        with act_as_staff(SYSTEM):
            leaver = world.lee.staff
            leaver.valid_to = date(2026, 12, 1)
            leaver.save()
        assert self.sweep(DUE) == 1
        with act_as_staff(SYSTEM):
            assert [one.user_id for one in Notice.objects.filter(kind="article review")] == [world.ada.user.pk]


def test_two_sweeps_beside_each_other_tell_once(lasting_world: World) -> None:
    world, gate = lasting_world, Barrier(2)
    published(world, review_on=date(2026, 12, 3))
    done: list[int] = []

    def sweep() -> None:
        try:
            with act_as_staff(SYSTEM):
                gate.wait(10)
                done.append(tell_reviews(DUE))
        finally:
            connection.close()

    threads = [Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with act_as_staff(SYSTEM):
        assert sorted(done) == [0, 1]
        assert Notice.objects.filter(kind="article review").count() == 1
