"""Help articles, for programmes: a client's token reads what its pages would show, the staff's all of them."""

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from portal.api.resource import Resource
from portal.api.verbs import lists, reads
from portal.rules.tokens import Scope
from tickets.models import Article
from tickets.queries.articles import seen_by
from tickets.rules.articles import ArticleState, Audience, Category

READ_ARTICLES = {"GET": Scope.ARTICLES_READ}


class ArticleRowOut(serializers.Serializer):
    """A help article, without its words."""

    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    category = serializers.ChoiceField(choices=[str(one) for one in Category])
    tags = serializers.CharField(source="keywords", allow_blank=True, help_text="With commas between.")
    state = serializers.ChoiceField(choices=[str(one) for one in ArticleState])
    audience = serializers.ChoiceField(choices=[str(one) for one in Audience])
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class ArticleOut(ArticleRowOut):
    """A help article."""

    body = serializers.CharField(
        help_text="Plain text with marks: # heading, - list, 1. step, > note, **bold**, `code`, [words](address)."
    )


class Articles(Resource):
    """The help articles that this token may read."""

    scopes = READ_ARTICLES

    @lists(ArticleRowOut, about="Help articles")
    def get(self, request: Request) -> QuerySet[Article]:
        return seen_by(request.actor).defer("body")


class OneArticle(Resource):
    """One help article."""

    scopes = READ_ARTICLES

    @reads(ArticleOut, about="One help article with its words")
    def get(self, request: Request, pk: int) -> Article:
        article = seen_by(request.actor).filter(pk=pk).first()
        if article is None:
            raise Http404
        return article
