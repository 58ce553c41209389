"""The decisions D1 to D26: defaults as the contract has them, a JSON column, what is refused, and how they read."""

import json
import re
from decimal import Decimal

import pytest

from portal.terms import BadTerms, TermsParameters, decisions
from portal.worktime import DEFAULT_CALENDAR

DEFAULTS = TermsParameters()
CONTRACT = {
    "tz": "Europe/London",
    "days": "Mon-Fri",
    "hours": "09:00-17:30",
    "country": "GB",
    "subdivision": "ENG",
    "support_target_working_minutes": 240,
    "standard_target_working_days": 1,
    "acknowledgement_target_seconds": 60,
    "acknowledgement_alarm_seconds": 300,
    "notice_confirmation_working_days": 5,
    "settlement_days_after_notice": 14,
    "settlement_days_after_issue": 7,
    "purge_earliest_day": 20,
    "purge_target_day": 25,
    "purge_alarm_day": 27,
    "purge_incident_day": 30,
    "reminder_days": [0, 3, 7, 14],
    "case_proposed_day": 14,
    "orders_stop_day": 7,
    "remedy_attempts": 3,
    "remedy_days": 3,
    "remedy_channels": 2,
    "remedy_working_days": 5,
    "second_person": "required",
    "second_person_waiting_hours": 24,
    "legal_approvals": 2,
    "rounding_minutes": 15,
    "vat_percent": "20",
    "recycle_promise_days": 30,
    "recycle_microsoft_days": 93,
    "reopening_days": 14,
    "raw_mail_days": 90,
    "quarantine_days": 30,
    "attachments_years": 1,
    "restore_deliveries_days": 14,
    "encrypted_names_days": 30,
    "sign_in_logs_years": 1,
    "records_years": 6,
    "invoices_years": 6,
    "invoice_due_days": 14,
}


def sentences(terms: TermsParameters = DEFAULTS) -> dict[str, str]:
    return {decision.number: decision.sentence for decision in decisions(terms)}


def test_the_defaults_are_those_of_the_contract():
    assert DEFAULTS.as_json() == CONTRACT


def test_the_default_calendar_is_the_one_that_deadlines_use():
    assert DEFAULTS.calendar() == DEFAULT_CALENDAR


def test_terms_survive_a_json_column():
    terms = DEFAULTS.changed(vat_percent=Decimal("17.5"), reminder_days=(1, 5), second_person="waiting")
    assert TermsParameters.from_json(json.loads(json.dumps(terms.as_json()))) == terms


@pytest.mark.parametrize(
    ("values", "parameter", "sentence"),
    [
        ({"tz": "Europe/Atlantis"}, "tz", "no time zone"),
        ({"hours": "17:30-09:00"}, "hours", "end before they begin"),
        ({"days": "Mon,Mon"}, "days", "named twice"),
        ({"country": "UK"}, "country", "GB"),
        ({"subdivision": "LON"}, "subdivision", "ENG, WLS"),
        ({"support_target_working_minutes": 0}, "support_target_working_minutes", "1 or more"),
        ({"support_target_working_minutes": "240"}, "support_target_working_minutes", "a whole number"),
        ({"support_target_working_minutes": True}, "support_target_working_minutes", "a whole number"),
        ({"standard_target_working_days": 2}, "standard_target_working_days", "HLP-3"),
        ({"acknowledgement_alarm_seconds": 30}, "acknowledgement_alarm_seconds", "no earlier than the target"),
        ({"purge_incident_day": 31}, "purge_incident_day", "30 at most"),
        ({"purge_target_day": 10}, "purge_incident_day", "follow one another"),
        ({"reminder_days": ()}, "reminder_days", "rising days"),
        ({"reminder_days": (3, 0)}, "reminder_days", "rising days"),
        ({"reminder_days": (0, 0)}, "reminder_days", "rising days"),
        ({"reminder_days": (-1, 3)}, "reminder_days", "rising days"),
        ({"reminder_days": (0, "3")}, "reminder_days", "whole numbers"),
        ({"reminder_days": (0, 30)}, "case_proposed_day", "no earlier than the last reminder"),
        ({"vat_percent": Decimal(101)}, "vat_percent", "between 0 and 100"),
        ({"vat_percent": Decimal("NaN")}, "vat_percent", "between 0 and 100"),
        ({"vat_percent": 20}, "vat_percent", "a decimal number"),
        ({"second_person": "never"}, "second_person", "required"),
    ],
)
def test_terms_that_cannot_stand_are_refused_with_a_sentence(values, parameter, sentence):
    with pytest.raises(BadTerms) as refused:
        DEFAULTS.changed(**values)
    assert sentence in refused.value.problems[parameter]
    assert str(refused.value).endswith(".")


def test_all_problems_are_told_at_once():
    with pytest.raises(BadTerms) as refused:
        DEFAULTS.changed(vat_percent=Decimal(-1), remedy_days=0)
    assert set(refused.value.problems) == {"vat_percent", "remedy_days"}


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"colour": "red"}, "colour"),
        ({"vat_percent": 20}, "vat_percent"),
        ({"vat_percent": "much"}, "vat_percent"),
        ({"reminder_days": "0,3"}, "reminder_days"),
        ({"remedy_days": None}, "remedy_days"),
    ],
)
def test_a_stored_version_that_was_damaged_is_refused(change, parameter):
    with pytest.raises(BadTerms) as refused:
        TermsParameters.from_json(DEFAULTS.as_json() | change)
    assert list(refused.value.problems) == [parameter]


def test_a_stored_version_with_a_parameter_missing_is_refused():
    stored = DEFAULTS.as_json()
    del stored["tz"]
    with pytest.raises(BadTerms, match="tz is missing"):
        TermsParameters.from_json(stored)


def test_every_decision_is_a_question_and_a_sentence():
    shown = decisions(DEFAULTS)
    assert [decision.number for decision in shown] == [f"D{n}" for n in range(1, 27)]
    for decision in shown:
        assert decision.question.endswith("?")
        assert decision.sentence.endswith(".")
        assert not re.search(r"[{}]", decision.sentence)


@pytest.mark.parametrize(
    ("number", "values", "part"),
    [
        ("D1", {}, "Monday to Friday 09:00 to 17:30 (Europe/London), except the bank holidays of England"),
        ("D1", {"subdivision": "SCT"}, "bank holidays of Scotland"),
        ("D1", {"country": "IE", "subdivision": "", "tz": "Europe/Dublin"}, "bank holidays of IE"),
        ("D2", {}, "240 working minutes"),
        ("D11", {}, "0, 3, 7 and 14 days"),
        ("D11", {"reminder_days": (3,)}, "out 3 days"),
        ("D12", {}, "an approver who did not propose it."),
        ("D12", {"second_person": "waiting"}, "the same person 24 hours later"),
        ("D20", {}, "20 % on supplies"),
        ("D20", {"vat_percent": Decimal("17.50")}, "17.5 % on supplies"),
        ("D26", {"invoice_due_days": 30}, "30 days after issue"),
    ],
)
def test_sentences_carry_the_values_of_their_version(number, values, part):
    assert part in sentences(DEFAULTS.changed(**values))[number]
