"""Articles for tests, made by the real actions."""

from datetime import datetime
from typing import Any

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tickets.actions.articles import Words, move_article, write_article
from tickets.models import Article
from tickets.rules.articles import ArticleState, Audience

GIVEN: dict[str, Any] = {
    "title": "Open a shared mailbox",
    "body": "Choose **File**, then add it.",
    "category": "mail",
    "keywords": "info mailbox, access",
    "audience": Audience.CLIENTS,
}


def words(**changes: Any) -> Words:
    return Words(**{**GIVEN, **changes})


def drafted(world: World, at: datetime = MORNING, **changes: Any) -> Article:
    with act_as_staff(SYSTEM):
        return write_article(words(**changes), by=world.cora.actor, at=at)


def published(world: World, at: datetime = MORNING, **changes: Any) -> Article:
    article = drafted(world, at, **changes)
    with act_as_staff(SYSTEM):
        return move_article(article.pk, ArticleState.PUBLISHED, by=world.cora.actor, at=at)


def as_posted(**changes: Any) -> dict[str, Any]:
    """What the editor sends."""
    return {**GIVEN, "audience": "clients", "owner": "", "note": "", **changes}
