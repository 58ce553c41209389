"""The session and the person of every page, read by prepared statements, are what Django would read."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from portal import clock
from portal.models import User
from portal.sessionstore import SessionStore
from tests.cast import World


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
