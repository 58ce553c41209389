"""A template that is compiled quick shows what Django's shows; sessions and people that are read quick are Django's."""

from collections import namedtuple
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.template import Context, Engine, Template, engines
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from portal import clock
from portal.models import User
from portal.quicktemplates import QuickTemplate
from portal.sessionstore import SessionStore
from tests.cast import World

Pair = namedtuple("Pair", "left right")


class Thing:
    name, number, nothing = "<Ada>", 1234567, None

    def __str__(self) -> str:
        return "a <thing>"

    def words(self) -> str:
        return "called & escaped"

    def delete(self) -> str:
        return "gone"

    delete.alters_data = True  # type: ignore[attr-defined]

    @property
    def broken(self) -> str:
        raise AttributeError("inside")


GIVEN: dict[str, Any] = {
    "text": "a <b> & 'c'",
    "safe": mark_safe("<b>bold</b>"),
    "thing": Thing(),
    "kind": Thing,
    "mapping": {"key": "<k>", "items": "an item", "inner": {"deep": 7}, 1: "one", "0": "nought"},
    "row": ["first", "<second>"],
    "pair": Pair("<l>", 2),
    "lazy": SimpleLazyObject(lambda: SimpleNamespace(name="<lazy>")),
    "said": gettext_lazy("Requests & mails"),
    "yes": True,
    "nothing": None,
    "number": 1234567,
    "money": 12.5,
    "at": clock.DEMO_START,
}
VALUES = [
    *GIVEN,
    *["thing.name", "thing.number", "thing.words", "thing.delete", "thing.nothing", "thing.missing", "kind.name"],
    *["mapping.key", "mapping.items", "mapping.inner.deep", "mapping.inner.no", "mapping.no", "mapping.1", "mapping.0"],
    *["row.0", "row.1", "row.9", "pair.left", "pair.1", "lazy.name", "text.upper", "text.0", "missing", "missing.more"],
    *[
        "push",
        "dicts",
        "template",
        "True",
        "None",
        "12",
        "'<lit>'",
        "text|upper",
        "missing|default:'none'",
        "safe|upper",
    ],
]


def drawn(made: type[Template], source: str, **given: Any) -> str:
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]
    return made(source, engine=engine).render(Context(given or GIVEN))


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "around",
    [
        "{{ V }}",
        "{% autoescape off %}{{ V }}{% endautoescape %}",
        "{% if V %}yes{% else %}no{% endif %}",
        "{% if V is None %}none{% endif %}{% if V == 'x' %}x{% endif %}",
        "{% with one=V %}[{{ one }}]{% endwith %}",
        "{% firstof V 'other' %}",
    ],
    ids=["shown", "as_it_is", "asked", "compared", "named", "first"],
)
def test_a_value_is_drawn_as_django_draws_it(around: str, value: str) -> None:
    source = around.replace("V", value)
    assert drawn(QuickTemplate, source) == drawn(Template, source)


@pytest.mark.parametrize("made", [Template, QuickTemplate])
def test_what_fails_inside_a_value_fails_aloud(made: type[Template]) -> None:
    with pytest.raises(AttributeError, match="inside"):
        drawn(made, "{{ thing.broken }}")


def test_the_portals_own_templates_are_compiled_quick() -> None:
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]
    assert type(engine.get_template("desk/ticket.html")) is QuickTemplate
    assert type(engine.get_template("account/login.html")) is QuickTemplate


def test_words_for_what_is_missing_are_djangos() -> None:
    engine = Engine(string_if_invalid="missing: %s")
    assert QuickTemplate("{{ no.such }}", engine=engine).render(Context()) == "missing: no.such"


@pytest.mark.parametrize("word", ["K7QM-2XRD", "a b/ü", "", 7], ids=["plain", "quoted", "empty", "number"])
def test_an_address_is_what_django_says(word: object) -> None:
    source = "{% url 'desk:assign' word %}{% url 'desk:assign' word as kept %}{{ kept }}{% url 'desk:queue' %}"
    try:
        said = reverse("desk:assign", args=[word])
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            drawn(QuickTemplate, source, word=word)
        return
    assert drawn(QuickTemplate, source, word=word) == said * 2 + reverse("desk:queue")


def test_an_address_that_is_not_there_fails_aloud() -> None:
    with pytest.raises(NoReverseMatch):
        drawn(QuickTemplate, "{% url 'desk:no-such-page' %}")
    assert drawn(QuickTemplate, "{% url 'desk:no-such-page' as none %}[{{ none }}]") == "[]"


def test_a_form_carries_its_token() -> None:
    template = engines["django"].from_string("{% csrf_token %}")
    assert 'name="csrfmiddlewaretoken" value="' in template.render({}, RequestFactory().get("/"))


def kept(**words: str) -> str:
    session = SessionStore()
    session.update(words)
    session.save()
    assert session.session_key is not None
    return session.session_key


@pytest.mark.django_db
def test_a_session_is_read_as_django_kept_it(settings: Any) -> None:
    assert import_module(settings.SESSION_ENGINE).SessionStore is SessionStore
    before = db.SessionStore()
    before["name"] = "Ann"
    before.save()
    assert SessionStore(before.session_key)["name"] == "Ann"
    assert db.SessionStore(kept(name="Ben"))["name"] == "Ben"


@pytest.mark.django_db
def test_a_session_that_is_over_or_unknown_holds_nothing_and_loses_its_key() -> None:
    key = kept(name="Ann")
    Session.objects.filter(session_key=key).update(expire_date=clock.real_now() - timedelta(seconds=1))
    for session in (SessionStore(key), SessionStore("neverthere")):
        assert session.get("name") is None
        assert session.session_key is None


@pytest.mark.django_db
def test_a_session_that_was_written_by_another_holds_nothing() -> None:
    key = kept(name="Ann")
    Session.objects.filter(session_key=key).update(session_data="forged:data")
    assert dict(SessionStore(key).items()) == {}


def test_a_person_is_read_by_their_key_as_django_reads_them(world: World) -> None:
    made = world.ann.user
    found, by_django = User.objects.get(pk=made.pk), User.objects.filter(pk=made.pk).get()
    assert found == by_django
    assert vars(found).keys() == vars(by_django).keys()
    assert all(getattr(found, field.attname) == getattr(by_django, field.attname) for field in User._meta.fields)
    assert not found._state.adding
    assert User.objects.get(pk=str(made.pk)) == User.objects.get(pk=made.pk, name=made.name) == found
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=0)


@pytest.mark.django_db
def test_a_session_changes_its_key_and_is_flushed() -> None:
    session = SessionStore(kept(name="Ann"))
    old = session.session_key
    session.cycle_key()
    session.save()
    assert SessionStore(session.session_key)["name"] == "Ann"
    assert SessionStore(old).get("name") is None
    new = session.session_key
    session.flush()
    assert SessionStore(new).get("name") is None
