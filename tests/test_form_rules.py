"""Ready-made forms as rules: what a form may ask, what its answers say, what they lead to, and what a template keeps."""

from dataclasses import replace
from typing import Any

import pytest

from portal.clauses import CLAUSES
from portal.errors import Refused
from tickets.rules.dataaccess import Verb, check_purpose
from tickets.rules.formanswers import answers_in_words, as_text, kept_for_template, still_fitting, subject_of
from tickets.rules.readyforms import CORRECTION, FILES, PROTECTION, READY, RESET, STARTER, STATEMENT
from tickets.rules.requestforms import (
    NEEDED,
    Asks,
    Definition,
    Field,
    Keys,
    Leads,
    Needs,
    Progress,
    Step,
    access_wanted,
    check_asker,
    check_may_end,
    faults_of,
    fields_json,
    fields_of,
    progress,
    steps_json,
    steps_of,
    with_needed,
)

PLAIN = Definition("Plain", "A form.", "question", "product", "LIA-3", "Because.", (Field("one", "One"),))
JO = {"id": 7, "label": "Jo Smith"}
NAMES = [one.code for one in READY]


@pytest.mark.clause("LIA-3")
@pytest.mark.parametrize("one", READY, ids=NAMES)
class TestTheTenForms:
    def test_it_is_in_order_and_names_its_clause(self, one: Any) -> None:
        assert faults_of(one.form) == []
        assert one.form.clause in CLAUSES and one.form.why.endswith((".", ")")) and len(one.form.why) <= 300

    def test_it_is_kept_as_it_is(self, one: Any) -> None:
        assert fields_of(fields_json(one.form.fields)) == one.form.fields
        assert steps_of(steps_json(one.form.steps)) == one.form.steps

    def test_it_has_a_checklist_with_a_required_step(self, one: Any) -> None:
        assert progress(one.form.steps, {}).required >= 1


def test_the_ten_are_those_that_the_contract_names() -> None:
    assert NAMES == [
        "new-starter", "leaver", "password-reset", "name-change", "user-or-group-change", "shared-mailbox",
        "file-access", "data-correction", "remove-email-protection", "nda-statement",
    ]  # fmt: skip


@pytest.mark.clause("ACC-4")
@pytest.mark.parametrize(
    ("field", "said"),
    [
        (Field("a", "New password"), "Never ask for a password"),
        (Field("a", "The user’s current PIN:"), "Never ask for a password"),
        (Field("a", "Bank account number"), "Never ask for a password"),
        (Field("a", "Choose", Asks.CHOICE, choices=("Only",)), "between 2 and 30"),
        (Field("a", "Choose", Asks.CHOICE, choices=("Same", "Same")), "stands there twice"),
        (Field("a", "Choose", Asks.CHOICE, choices=("x" * 201, "y")), "under 200 characters"),
    ],
    ids=["password", "pin", "bank", "one choice", "same choice", "long choice"],
)
def test_what_a_question_may_not_be(field: Field, said: str) -> None:
    (fault,) = faults_of(replace(PLAIN, fields=(Field("b", "Before it"), field)))
    assert (fault.part, fault.place) == ("fields", 1) and said in fault.sentence


@pytest.mark.parametrize(
    "label", ["Whose password?", "Which password is to be reset?", "Pinboard", "Desktop PINs policy"]
)
def test_a_question_about_a_password_is_no_question_for_one(label: str) -> None:
    assert faults_of(replace(PLAIN, fields=(Field("a", label),))) == []


@pytest.mark.parametrize(
    ("change", "part", "said"),
    [
        ({"clause": "LIA-99"}, "clause", "no such clause"),
        ({"fields": ()}, "fields", "at least one question"),
        ({"fields": tuple(Field(f"f{n}", f"F {n}") for n in range(31))}, "fields", "at most 30"),
        ({"fields": (Field("a", "Twice"), Field("b", "twice"))}, "fields", "stands there twice"),
        ({"steps": (Step("a", "Twice"), Step("b", "Twice"))}, "steps", "stands there twice"),
        ({"leads": Leads.PROTECTION}, "fields", "must keep its question “agreed”"),
    ],
    ids=["clause", "nothing", "too many", "same question", "same step", "leads"],
)
def test_what_a_form_may_not_be(change: dict[str, Any], part: str, said: str) -> None:
    (fault,) = faults_of(replace(PLAIN, **change))
    assert fault.part == part and said in fault.sentence


@pytest.mark.parametrize("leads", NEEDED, ids=str)
def test_a_form_that_leads_further_cannot_lose_a_question_that_it_needs(leads: Leads) -> None:
    (form,) = [one.form for one in READY if one.form.leads == leads]
    for key in NEEDED[leads]:
        less = tuple(one for one in form.fields if one.key != key)
        assert f"“{key}”" in " ".join(fault.sentence for fault in faults_of(replace(form, fields=less)))


@pytest.mark.parametrize(
    ("asks", "value", "words"),
    [
        (Asks.LINE, "Blue", "Blue"),
        (Asks.DATE, "2026-12-01", "1 December 2026"),
        (Asks.PERSON, JO, "Jo Smith"),
        (Asks.YES_NO, True, "Yes"),
        (Asks.YES_NO, False, "No"),
        (Asks.AGREE, True, "Agreed"),
        (Asks.CHOICE, None, "–"),
    ],
    ids=["line", "date", "person", "yes", "no", "agree", "nothing"],
)
def test_an_answer_in_words(asks: Asks, value: Any, words: str) -> None:
    (said,) = answers_in_words([Field("a", "A", asks)], {"a": value} if value is not None else {})
    assert (said.label, said.words, said.before) == ("A", words, "")


@pytest.mark.clause("ACC-7")
def test_a_change_says_before_and_after() -> None:
    fields = (Field("x", "Name", Asks.CHANGE), Field("y", "Why?", Asks.TEXT), Field("z", "Empty", required=False))
    answers = {"x": {"before": "Smiht", "after": "Smith"}, "y": "A slip.\nSorry."}
    assert as_text(fields, answers) == "Name\nBefore: Smiht\nAfter: Smith\n\nWhy?\nA slip.\nSorry."


def test_the_subject_names_the_form_and_whom_it_is_about() -> None:
    assert subject_of("Leaver", [Field("p", "Who?", Asks.PERSON)], {"p": JO}) == "Leaver: Jo Smith"
    assert subject_of("Leaver", [Field("p", "Who?", Asks.PERSON)], {}) == "Leaver"
    long = subject_of("Leaver", [Field("p", "Who?")], {"p": "x" * 300})
    assert len(long) == 200 and long.endswith("…")


@pytest.mark.clause("ODS-6", "ACC-5")
class TestWhatAnAnswerLeadsTo:
    def test_a_reset_names_the_account_and_what_is_reset(self) -> None:
        wanted = access_wanted(RESET.leads, {"person": JO, "what": "The password", "reason": "New\ntelephone"})
        assert wanted is not None
        assert (wanted.verb, wanted.place, wanted.member) == (Verb.ADMINISTER, "Account of Jo Smith", 7)
        assert wanted.purpose == "Reset for Jo Smith: The password. New telephone"
        check_purpose(wanted.purpose, wanted.place)

    def test_a_correction_carries_before_and_after(self) -> None:
        change = {"before": "12 Hihg Street", "after": "12 High Street"}
        given = {"person": JO, "place": "Contact card of Jo", "change": change, "reason": "Wrong since the move."}
        wanted = access_wanted(CORRECTION.leads, given)
        assert wanted is not None and wanted.verb == Verb.FIX and wanted.place == "Contact card of Jo"
        assert wanted.purpose == "Correct “12 Hihg Street” to “12 High Street”. Wrong since the move."
        check_purpose(wanted.purpose, wanted.place)

    def test_a_long_one_still_fits_the_record(self) -> None:
        change = {"before": "b" * 900, "after": "a" * 900}
        given = {"person": {"id": None, "label": "n" * 120}, "place": "p" * 200, "change": change, "reason": "r" * 4000}
        for form in (CORRECTION, FILES):
            wanted = access_wanted(form.leads, given)
            assert wanted is not None and len(wanted.purpose) <= 500 and len(wanted.place) <= 200

    @pytest.mark.parametrize("form", [STARTER, PROTECTION, STATEMENT], ids=["starter", "protection", "statement"])
    def test_the_others_touch_no_data_by_themselves(self, form: Definition) -> None:
        assert access_wanted(form.leads, {}) is None


@pytest.mark.clause("ACC-4")
def test_a_template_keeps_nothing_private_and_no_agreement() -> None:
    fields = (Field("a", "A"), Field("b", "B", private=True), Field("c", "C", Asks.AGREE), Field("d", "D"))
    assert kept_for_template(fields, {"a": "x", "b": "secret", "c": True}) == {"a": "x"}


def test_a_template_of_an_earlier_version_gives_what_still_fits() -> None:
    then = (Field("a", "A"), Field("b", "B", Asks.CHOICE, choices=("x", "y")), Field("c", "C"), Field("e", "E"))
    now = (Field("a", "A, in new words"), Field("b", "B", Asks.CHOICE, choices=("y", "z")), Field("c", "C", Asks.DATE))
    assert still_fitting(now, then, {"a": "1", "b": "x", "c": "2", "e": "3"}) == {"a": "1"}
    assert still_fitting(now, then, {"b": "y"}) == {"b": "y"}


@pytest.mark.clause("EML-5")
def test_the_protection_is_removed_for_a_manager_only() -> None:
    check_asker(PROTECTION, is_manager=True)
    with pytest.raises(Refused) as refused:
        check_asker(PROTECTION, is_manager=False)
    assert refused.value.clause == "EML-5"
    check_asker(STARTER, is_manager=False)


@pytest.mark.parametrize(
    ("done", "expected"),
    [({}, Progress(3, 2)), ({"a": True}, Progress(2, 1)), ({"a": False}, Progress(3, 2)),
     ({"a": True, "b": True, "c": True}, Progress(0, 0)), ({"gone": True}, Progress(3, 2))],
    ids=["nothing", "one", "taken back", "all", "a step of another version"],
)  # fmt: skip
def test_how_far_a_checklist_is(done: dict[str, bool], expected: Progress) -> None:
    steps = (Step("a", "A", True), Step("b", "B"), Step("c", "C", True, Needs.ACCESS))
    assert progress(steps, done) == expected


@pytest.mark.parametrize(("required", "said"), [(1, "A required step"), (3, "3 required steps")], ids=["one", "three"])
def test_a_request_ends_only_without_open_required_steps(required: int, said: str) -> None:
    check_may_end(0)
    with pytest.raises(Refused, match=said):
        check_may_end(required)


def test_each_new_line_gets_a_key_of_its_own() -> None:
    keys = Keys({"name"})
    assert [keys.new(label) for label in ("Name", "Name", "Which?", "…", "x" * 90)] == [
        "name_2", "name_3", "which", "line", "x" * 36,
    ]  # fmt: skip


@pytest.mark.clause("ODS-6")
def test_what_a_form_needs_to_lead_further_must_be_answered() -> None:
    for place, one in enumerate(RESET.fields):
        if one.key in NEEDED[Leads.RESET]:
            loose = (*RESET.fields[:place], replace(one, required=False), *RESET.fields[place + 1 :])
            (fault,) = faults_of(replace(RESET, fields=loose))
            assert fault.place == place and "must be answered" in fault.sentence
            assert with_needed(replace(RESET, fields=loose)).fields == RESET.fields
    with pytest.raises(Refused, match="reason"):
        access_wanted(Leads.RESET, {"person": JO, "what": "The password"})


@pytest.mark.parametrize(
    ("asks", "other"),
    [(Asks.PERSON, "x_name"), (Asks.CHANGE, "x_before"), (Asks.CHANGE, "x_after"), (Asks.LINE, "x")],
    ids=["name", "before", "after", "same"],
)
def test_no_two_questions_share_a_field(asks: Asks, other: str) -> None:
    pair = (Field("x", "One", asks), Field(other, "Two"))
    for fields in (pair, pair[::-1]):
        (fault,) = faults_of(replace(PLAIN, fields=fields))
        assert fault.place == 1 and "called like another one" in fault.sentence
    assert Keys({other}).new("X", asks) == "x_2" and Keys({"x", "x_name"}).new("X name") == "x_name_2"
