"""Rules about people: limits at sign-in, who remains as manager, how an agreement stands, short names."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.rules.people import (
    FAILURES_ALLOWED,
    SLOW_AFTER,
    Management,
    NdaStanding,
    Power,
    account_hash,
    covered_until,
    manages,
    may,
    nda_standing,
    proposed_slug,
    remaining_managers,
    require,
    token_hash,
    try_again_at,
)

NOW = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def ago(**span):
    return NOW - timedelta(**span)


class TestTryAgain:
    def test_nine_failures_in_five_minutes_may_go_on(self):
        assert try_again_at(here=[ago(seconds=n) for n in range(9)], anywhere=[], now=NOW) is None

    def test_the_tenth_failure_waits_until_the_first_of_them_is_five_minutes_old(self):
        here = [ago(seconds=10 * n) for n in range(FAILURES_ALLOWED)]
        assert try_again_at(here=here, anywhere=here, now=NOW) == ago(seconds=90) + timedelta(minutes=5)

    def test_failures_older_than_five_minutes_do_not_count(self):
        assert try_again_at(here=[ago(minutes=5, seconds=n) for n in range(20)], anywhere=[], now=NOW) is None

    def test_a_hundred_failures_from_anywhere_slow_the_account_to_one_try_in_ten_seconds(self):
        anywhere = [ago(seconds=3 + 30 * n) for n in range(SLOW_AFTER)]
        assert try_again_at(here=[], anywhere=anywhere, now=NOW) == ago(seconds=3) + timedelta(seconds=10)

    def test_the_slowed_account_may_be_tried_after_ten_seconds(self):
        anywhere = [ago(seconds=10 + 30 * n) for n in range(SLOW_AFTER)]
        assert try_again_at(here=[], anywhere=anywhere, now=NOW) is None

    def test_ninety_nine_failures_in_an_hour_slow_nothing(self):
        assert try_again_at(here=[], anywhere=[ago(seconds=30 * n) for n in range(99)], now=NOW) is None


class TestManagers:
    def one(self, pk, **given):
        usual = {"valid_from": date(2025, 1, 1), "valid_to": None, "joined": True, "delegated": False}
        return Management(membership_id=pk, **{**usual, **given})

    def test_whoever_leaves_does_not_remain(self):
        assert remaining_managers([self.one(1)], {1}, TODAY) == []

    @pytest.mark.parametrize(
        "given",
        [
            {"joined": False},
            {"delegated": True, "valid_to": date(2026, 12, 1)},
            {"valid_to": date(2026, 12, 1)},
            {"valid_from": date(2026, 11, 25)},
        ],
        ids=["invited only", "standing in", "with an end", "not yet in office"],
    )
    def test_such_a_manager_is_no_successor(self, given):
        assert remaining_managers([self.one(1), self.one(2, **given)], {1}, TODAY) == []

    def test_a_manager_in_office_is_a_successor(self):
        assert [one.membership_id for one in remaining_managers([self.one(1), self.one(2)], {1}, TODAY)] == [2]

    def test_only_a_manager_of_this_very_client_manages_it(self):
        ann = Actor("member", "Ann", 1, 7, 1, None, "manager")
        assert manages(ann, 7)
        assert not manages(ann, 8)
        assert not manages(Actor("member", "Ben", 2, 7, 2, None, "author"), 7)
        assert not manages(Actor("staff", "Lee", 3, None, None, 1, "admin"), 7)


class TestPowers:
    @pytest.mark.parametrize(
        ("grade", "held"),
        [
            ("agent", set()),
            (
                "lead",
                {
                    Power.SEE_STAFF,
                    Power.SEE_FIGURES,
                    Power.MANAGE_CLIENTS,
                    Power.CHANGE_CALENDAR,
                    Power.ANNOUNCE,
                    Power.MANAGE_FORMS,
                },
            ),
            ("admin", set(Power)),
        ],
    )
    def test_each_grade_holds_its_powers(self, grade, held):
        person = Actor("staff", "Somebody", 1, None, None, 1, grade)
        asked = {power for power in Power if power is not Power.SEE_MACHINERY}
        assert {power for power in asked if may(person, power)} == held & asked

    def test_a_member_holds_none_even_if_the_role_is_called_like_a_grade(self):
        assert not any(may(Actor("member", "Eve", 1, 1, 1, None, "admin"), power) for power in Power)

    def test_a_refusal_names_the_grades(self):
        with pytest.raises(Refused, match="Only staff of the grade admin may manage staff"):
            require(Actor("staff", "Cora", 1, None, None, 1, "agent"), Power.MANAGE_STAFF)

    def test_the_portal_itself_may_do_everything(self):
        require(SYSTEM, Power.MANAGE_STAFF)


@pytest.mark.clause("CMP-6")
class TestNdaStanding:
    @pytest.mark.parametrize(
        ("periods", "standing"),
        [
            ([], NdaStanding.NOT_YET),
            ([(date(2026, 11, 25), None)], NdaStanding.NOT_YET),
            ([(date(2025, 1, 1), None)], NdaStanding.VALID),
            ([(date(2025, 1, 1), date(2026, 11, 24))], NdaStanding.EXPIRED),
            ([(date(2025, 1, 1), date(2026, 11, 25))], NdaStanding.EXPIRING),
            ([(date(2025, 1, 1), date(2026, 12, 24))], NdaStanding.EXPIRING),
            ([(date(2025, 1, 1), date(2026, 12, 25))], NdaStanding.VALID),
            ([(date(2025, 1, 1), date(2026, 12, 1)), (date(2026, 12, 1), None)], NdaStanding.VALID),
            ([(date(2025, 1, 1), date(2026, 12, 1)), (date(2026, 12, 2), None)], NdaStanding.EXPIRING),
            ([(date(2025, 1, 1), date(2025, 6, 1)), (date(2026, 12, 2), None)], NdaStanding.EXPIRED),
        ],
    )
    def test_agreements_stand_like_this_on_24_november_2026(self, periods, standing):
        assert nda_standing(periods, TODAY) == standing

    def test_joined_agreements_cover_until_the_last_one_ends(self):
        periods = [(date(2025, 1, 1), date(2026, 12, 1)), (date(2026, 12, 1), date(2027, 12, 1))]
        assert covered_until(periods, TODAY) == date(2027, 12, 1)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("Harbour & Finch Ltd", "harbour-finch"),
            ("Café Émile", "cafe-emile"),
            ("株式会社", "client"),
            ("A" * 80, "a" * 36),
            ("Ltd", "client"),
        ],
    )
    def test_a_short_name_is_made_of_the_name(self, name, slug):
        assert proposed_slug(name) == slug

    def test_a_taken_short_name_gets_a_number(self):
        assert proposed_slug("Alder", {"alder", "alder-2"}) == "alder-3"

    def test_an_account_is_named_alike_however_it_is_typed(self):
        assert account_hash(" Ann@Example.org ") == account_hash("ann@example.org")

    def test_a_token_is_kept_as_64_hexadecimal_digits(self):
        assert len(token_hash("anything")) == 64
