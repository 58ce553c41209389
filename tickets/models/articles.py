"""Knowledge articles: what staff write down once, every version of it, who may read it, and whether it helped."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import CombinedSearchVector, SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from portal.models import Staff
from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.articles import LONGEST_KEYWORDS, ArticleState, Audience, Category

SEARCHED = CombinedSearchVector(
    CombinedSearchVector(
        SearchVector("title", weight="A", config="english"),
        "||",
        SearchVector("keywords", weight="B", config="english"),
        None,
    ),
    "||",
    SearchVector("body", weight="D", config="english"),
    None,
)


class Article(models.Model):
    """One article as it stands: the words of its newest version, its state, and who may read it.

    It belongs to no client. A client's role reads only the columns and the rows that are for it (migration 0033).
    """

    title = models.CharField(max_length=120)
    body = models.TextField()
    category = models.CharField(max_length=10)
    keywords = models.CharField(max_length=LONGEST_KEYWORDS, default="", blank=True, help_text="Tags, between commas.")
    state = models.CharField(max_length=9, default=ArticleState.DRAFT)
    audience = models.CharField(max_length=7, default=Audience.STAFF)
    version = models.PositiveIntegerField(default=1)
    origin = models.CharField(
        max_length=9, default="", blank=True, help_text="The reference of the request whose answer it began with."
    )
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)
    review_told_at = models.DateTimeField(null=True, blank=True)
    search = models.GeneratedField(expression=SEARCHED, output_field=SearchVectorField(), db_persist=True)

    class Meta:
        constraints = [
            one_of("state", ArticleState, "tickets_article_state_known"),
            one_of("audience", Audience, "tickets_article_audience_known"),
            one_of("category", Category, "tickets_article_category_known"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(body=""), name="tickets_article_says_something"),
            models.CheckConstraint(
                condition=Q(state=ArticleState.DRAFT)
                | Q(state=ArticleState.PUBLISHED, published_at__isnull=False)
                | Q(state=ArticleState.RETIRED, retired_at__isnull=False),
                name="tickets_article_since_when",
            ),
            models.CheckConstraint(
                condition=Q(review_told_at__isnull=True) | Q(review_told_at__gte=F("review_due_at")),
                name="tickets_article_told_when_due",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="tickets_article_search"),
            models.Index(fields=["state", "category", "title", "id"], name="tickets_article_list"),
            models.Index(
                fields=["review_due_at", "id"],
                condition=Q(state=ArticleState.PUBLISHED, review_told_at__isnull=True, review_due_at__isnull=False),
                name="tickets_article_review",
            ),
        ]


class ArticleVersion(models.Model):
    """The words as somebody saved them, and what they say they changed. Never altered: restoring writes a new one."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    category = models.CharField(max_length=10)
    keywords = models.CharField(max_length=LONGEST_KEYWORDS, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="tickets_article_version_once")]


class ArticleReader(models.Model):
    """A client that a "chosen clients" article is for."""

    client = client_key()
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="readers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "article"], name="tickets_article_reader_once")]


class ArticleDraft(models.Model):
    """Words in a person's editor that are not saved yet; without an article, those of a new one."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, null=True, blank=True, related_name="drafts")
    title = models.CharField(max_length=120, default="", blank=True)
    body = models.TextField(default="", blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "article"], name="tickets_article_draft_one_each", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(title="") | ~Q(body=""), name="tickets_article_draft_says_something"),
        ]


class ArticleVote(models.Model):
    """Whether an article helped one person; they may change their mind."""

    client = client_key()
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="votes")
    membership = same_client_key("portal.Membership")
    helped = models.BooleanField()
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "article", "membership"], name="tickets_article_vote_one_each")
        ]


class ArticleSolved(models.Model):
    """Once, an article made a request unnecessary: what was being written was not sent, and is not kept."""

    client = client_key()
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="solved")
    membership = same_client_key("portal.Membership")
    at = models.DateTimeField()
