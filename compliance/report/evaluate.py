"""Each measured clause of the contract, judged from the facts: state, evidence in numbers, one sentence.

What no evaluator here measures is "not measured"; what cannot be known from the facts is "unknown". Neither is ever met.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from compliance.report.evaluate_records import (
    acts_under_a_request,
    cases_at_microsoft,
    solved_on_the_day,
    somebody_entitled,
    tasks_by_name,
)
from compliance.report.evaluation import ClauseEvaluation, many
from compliance.report.facts import FOUR_HOURS, HELPDESK_CHANNELS, ONE_DAY, ClauseState, ReportFacts, TicketFact
from portal.clauses import clause

ACKNOWLEDGEMENT_ALARM_AFTER = timedelta(minutes=5)


Evaluator = Callable[[ReportFacts], ClauseEvaluation]


def evaluate(clause_id: str, facts: ReportFacts) -> ClauseEvaluation:
    """The clause's state. Any clause without an evaluator is "not measured"."""
    evaluator = EVALUATORS.get(clause_id)
    if evaluator is None:
        return ClauseEvaluation(clause_id, ClauseState.NOT_MEASURED, "Not yet measured by the portal.")
    return evaluator(facts)


@clause("HLP-3")
def one_day_promise(facts: ReportFacts) -> ClauseEvaluation:
    """Whether every request under the one-working-day promise was answered in time."""
    return _promise("HLP-3", ONE_DAY, "one working day", facts)


@clause("HLP-4")
def four_hour_promise(facts: ReportFacts) -> ClauseEvaluation:
    """Whether every request under the four-working-hours promise was answered in time."""
    return _promise("HLP-4", FOUR_HOURS, "four working hours", facts)


def _promise(clause_id: str, target: str, words: str, facts: ReportFacts) -> ClauseEvaluation:
    clocks = [ticket for ticket in facts.tickets if ticket.target == target]
    late = sum(is_missed(ticket) for ticket in clocks)
    in_time = sum(ticket.met is True and not is_missed(ticket) for ticket in clocks)
    running = len(clocks) - late - in_time
    evidence = {"clocks": len(clocks), "in time": in_time, "late": late, "still running": running}
    if not clocks:
        sentence = f"No request of the period had the promise of {words}."
        return ClauseEvaluation(clause_id, ClauseState.NOT_APPLICABLE, sentence, evidence)
    sentence = f"{in_time} of {many(len(clocks), 'request')} answered within {words}"
    waiting = f", {running} still within time" if running else ""
    if late:
        return ClauseEvaluation(clause_id, ClauseState.NOT_MET, f"{sentence}; {late} late{waiting}.", evidence)
    if not in_time:
        sentence = f"{many(running, 'request')} under the promise of {words}, all still within time and unanswered."
        return ClauseEvaluation(clause_id, ClauseState.UNKNOWN, sentence, evidence)
    return ClauseEvaluation(clause_id, ClauseState.MET, f"{sentence}; none late{waiting}.", evidence)


def is_missed(ticket: TicketFact) -> bool:
    """A promise is missed once it was breached; a late answer does not mend it."""
    return ticket.met is False or ticket.breached_at is not None


@clause("HLP-5")
def acknowledgements(facts: ReportFacts) -> ClauseEvaluation:
    """Every clock began with an acknowledgement, and no acknowledgement was late without an alarm."""
    expected = [ticket for ticket in facts.tickets if ticket.channel in HELPDESK_CHANNELS]
    no_ack = [ticket for ticket in expected if ticket.acknowledged_at is None and _is_overdue(ticket, facts)]
    slow = [ticket for ticket in expected if ticket.acknowledged_at is not None and _is_overdue(ticket, facts)]
    silent = [ticket for ticket in no_ack + slow if ticket.acknowledgement_alarm_at is None]
    bare_clocks = [t for t in facts.tickets if t.due_at is not None and t.acknowledged_at is None]
    evidence = {
        "acknowledged": sum(ticket.acknowledged_at is not None for ticket in expected),
        "later than 5 minutes": len(slow),
        "without acknowledgement": len(no_ack),
        "late without an alarm": len(silent),
        "clocks without acknowledgement": len(bare_clocks),
    }
    if not expected:
        return ClauseEvaluation(
            "HLP-5", ClauseState.NOT_APPLICABLE, "No request reached the helpdesk in the period.", evidence
        )
    if bare_clocks or no_ack or silent:
        sentence = (
            f"{many(len(no_ack), 'request')} without acknowledgement, {len(silent)} late without an alarm, "
            f"{many(len(bare_clocks), 'clock')} without acknowledgement."
        )
        return ClauseEvaluation("HLP-5", ClauseState.NOT_MET, sentence, evidence)
    tail = f"{len(slow)} went out later than 5 minutes, each with an alarm" if slow else "each within 5 minutes"
    sentence = (
        f"{many(evidence['acknowledged'], 'request')} through the helpdesk acknowledged before the clock began; {tail}."
    )
    return ClauseEvaluation("HLP-5", ClauseState.MET, sentence, evidence)


def _is_overdue(ticket: TicketFact, facts: ReportFacts) -> bool:
    return (ticket.acknowledged_at or facts.as_of) - ticket.received_at > ACKNOWLEDGEMENT_ALARM_AFTER


@clause("HLP-6")
def outside_contacts(facts: ReportFacts) -> ClauseEvaluation:
    """Contact outside the helpdesk started no clock."""
    noted, with_clock = facts.outside_contacts, facts.outside_contacts_with_clock
    evidence = {"contacts noted": noted, "with a clock": with_clock}
    if noted is None or with_clock is None:
        sentence = "Contacts outside the helpdesk are not recorded for this period."
        return ClauseEvaluation("HLP-6", ClauseState.UNKNOWN, sentence, evidence)
    if with_clock:
        sentence = f"{with_clock} of {many(noted, 'contact')} outside the helpdesk had a response clock."
        return ClauseEvaluation("HLP-6", ClauseState.NOT_MET, sentence, evidence)
    if not noted:
        sentence = "No contact outside the helpdesk was noted in the period."
        return ClauseEvaluation("HLP-6", ClauseState.NOT_APPLICABLE, sentence, evidence)
    sentence = f"{many(noted, 'contact')} outside the helpdesk noted; none started a response clock."
    return ClauseEvaluation("HLP-6", ClauseState.MET, sentence, evidence)


@clause("HLP-8")
def charged_after_the_yes(facts: ReportFacts) -> ClauseEvaluation:
    """Chargeable work began only after the client's recorded yes."""
    found = facts.charges
    if found is None:
        return ClauseEvaluation("HLP-8", ClauseState.UNKNOWN, "Chargeable work is not recorded for this period.", {})
    early = found.charged - found.charged_after_yes
    evidence = {
        "requests charged": found.charged,
        "worked after the yes": found.charged_after_yes,
        "charges asked": found.asked,
        "charges approved": found.approved,
    }
    if early:
        sentence = f"{early} of {many(found.charged, 'charged request')} had work before the client’s yes."
        return ClauseEvaluation("HLP-8", ClauseState.NOT_MET, sentence, evidence)
    if not found.charged:
        sentence = "No request of the period was charged."
        return ClauseEvaluation("HLP-8", ClauseState.NOT_APPLICABLE, sentence, evidence)
    sentence = f"{many(found.charged, 'request')} charged, each worked on only after the client’s recorded yes."
    return ClauseEvaluation("HLP-8", ClauseState.MET, sentence, evidence)


@clause("CMP-6")
def nda_behind_every_acceptance(facts: ReportFacts) -> ClauseEvaluation:
    """Whoever accepted a request had a valid NDA at that instant."""
    accepted = [ticket for ticket in facts.tickets if ticket.accepted_at is not None]
    without = sum(ticket.acceptor_had_nda is False for ticket in accepted)
    unknown = sum(ticket.acceptor_had_nda is None for ticket in accepted)
    evidence = {
        "acceptances": len(accepted),
        "by staff with a valid NDA": len(accepted) - without - unknown,
        "without": without,
        "not known": unknown,
        "staff": facts.nda.staff if facts.nda else None,
        "staff with a valid NDA": facts.nda.staff_with_valid_nda if facts.nda else None,
        "signed after first work": facts.nda.signed_after_first_work if facts.nda else None,
    }
    if without or (facts.nda and facts.nda.signed_after_first_work):
        late = facts.nda.signed_after_first_work if facts.nda else 0
        sentence = (
            f"{many(without, 'acceptance')} without a valid NDA; {many(late, 'NDA')} signed after the first work."
        )
        return ClauseEvaluation("CMP-6", ClauseState.NOT_MET, sentence, evidence)
    if unknown or facts.nda is None:
        sentence = f"For {many(unknown, 'acceptance')} or for the register itself the NDA is not known."
        return ClauseEvaluation("CMP-6", ClauseState.UNKNOWN, sentence, evidence)
    if not accepted:
        return ClauseEvaluation("CMP-6", ClauseState.NOT_APPLICABLE, "No request was accepted in the period.", evidence)
    sentence = (
        f"{many(len(accepted), 'acceptance')}, each by staff with a valid NDA; "
        f"{facts.nda.staff_with_valid_nda} of {facts.nda.staff} staff have one."
    )
    return ClauseEvaluation("CMP-6", ClauseState.MET, sentence, evidence)


@clause("OWN-11")
def backup_duties_linked(facts: ReportFacts) -> ClauseEvaluation:
    """Kept by wording: the published terms lead from the ownership section to the backup section."""
    evidence = {"terms version": facts.terms.version}
    if facts.backup_duties_linked is None:
        return ClauseEvaluation("OWN-11", ClauseState.UNKNOWN, "The published terms could not be read.", evidence)
    if not facts.backup_duties_linked:
        sentence = f"Terms {facts.terms.version} do not lead from ownership to the backup section."
        return ClauseEvaluation("OWN-11", ClauseState.NOT_MET, sentence, evidence)
    sentence = f"Kept by wording: terms {facts.terms.version} lead from ownership to the backup section."
    return ClauseEvaluation("OWN-11", ClauseState.MET, sentence, evidence)


@clause("CMP-10")
def report_on_demand(facts: ReportFacts) -> ClauseEvaluation:
    """This report was asked for by a client manager, and what it costs was said."""
    minutes = int((facts.as_of - facts.requested_at).total_seconds()) // 60
    cost = f"chargeable: {facts.charge_note}" if facts.chargeable else "free of charge"
    evidence = {"minutes from request to data": minutes, "chargeable": "yes" if facts.chargeable else "no"}
    if facts.requester_role != "manager":
        sentence = f"Asked for by somebody in the role {facts.requester_role}, who is not a manager."
        return ClauseEvaluation("CMP-10", ClauseState.NOT_MET, sentence, evidence)
    return ClauseEvaluation(
        "CMP-10", ClauseState.MET, f"This report was made on request of a manager, {cost}.", evidence
    )


def _many(count: int | str | None, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@clause("EML-6")
def mail_can_be_reported(facts: ReportFacts) -> ClauseEvaluation:
    """Spam may pass; the promise is that it can be reported and that somebody says what it was."""
    if facts.reported is None:
        return ClauseEvaluation("EML-6", ClauseState.UNKNOWN, "How many mails were reported is not known.")
    total = sum(month.total for month in facts.reported)
    phishing, waiting = sum(one.phishing for one in facts.reported), sum(one.waiting for one in facts.reported)
    evidence = {"reported": total, "phishing": phishing, "not judged yet": waiting}
    open_doors = "Suspicious mail can be reported in the portal and by mail"
    if not total:
        return ClauseEvaluation("EML-6", ClauseState.MET, f"{open_doors}; none was reported in the period.", evidence)
    rest = f", {waiting} not judged yet" if waiting else ""
    sentence = f"{open_doors}: {_many(total, 'report')} in the period, of which {phishing} phishing{rest}."
    return ClauseEvaluation("EML-6", ClauseState.MET, sentence, evidence)


EVALUATORS: Mapping[str, Evaluator] = {
    "OWN-11": backup_duties_linked,
    "CMP-6": nda_behind_every_acceptance,
    "CMP-10": report_on_demand,
    "EML-6": mail_can_be_reported,
    "HLP-3": one_day_promise,
    "HLP-4": four_hour_promise,
    "HLP-5": acknowledgements,
    "HLP-6": outside_contacts,
    "HLP-8": charged_after_the_yes,
    "HLP-9": solved_on_the_day,
    "HLP-10": cases_at_microsoft,
    "ACC-6": acts_under_a_request,
    "ODS-4": somebody_entitled,
    "ODS-7": tasks_by_name,
}


def evaluate_all(facts: ReportFacts) -> Sequence[ClauseEvaluation]:
    """Every clause of the register, in its order."""
    return [evaluate(line.id, facts) for line in facts.register]
