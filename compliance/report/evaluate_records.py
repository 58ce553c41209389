"""The clauses that rest on records beside the promises: access to data, what is solved on its day, cases at Microsoft."""

from compliance.report.evaluation import ClauseEvaluation, many
from compliance.report.facts import ClauseState, ReportFacts
from portal.clauses import clause


@clause("ACC-6")
def acts_under_a_request(facts: ReportFacts) -> ClauseEvaluation:
    """Each act has its request's number, and its window was opened by whoever had accepted it; the database takes no other.

    A window counts in each period in which it was open, an act in the one in which it was done.
    """
    windows, acts = len(facts.accesses), sum(len(row.acts) for row in facts.accesses)
    evidence = {"windows": windows, "acts": acts, "without a request": sum(not row.ref for row in facts.accesses)}
    if not windows:
        return ClauseEvaluation("ACC-6", ClauseState.NOT_APPLICABLE, "No data was touched in the period.", evidence)
    sentence = (
        f"{many(acts, 'act')} in {many(windows, 'window')}, each under a request that the same person had accepted."
    )
    return ClauseEvaluation("ACC-6", ClauseState.MET, sentence, evidence)


@clause("ODS-4")
def somebody_entitled(facts: ReportFacts) -> ClauseEvaluation:
    """Each window rests on the word of somebody entitled, or is an emergency with two people of the supplier."""
    windows = len(facts.accesses)
    emergencies = sum("emergency" in row.basis for row in facts.accesses)
    evidence = {"windows": windows, "emergencies": emergencies}
    if not windows:
        return ClauseEvaluation("ODS-4", ClauseState.NOT_APPLICABLE, "No data was touched in the period.", evidence)
    tail = f"; {many(emergencies, 'emergency')} with a second person of the supplier" if emergencies else ""
    sentence = f"{many(windows - emergencies, 'window')} opened on the word of somebody entitled{tail}."
    return ClauseEvaluation("ODS-4", ClauseState.MET, sentence, evidence)


@clause("ODS-7")
def tasks_by_name(facts: ReportFacts) -> ClauseEvaluation:
    """Everything that was added to a request has the name of who added it; the database takes none without."""
    added = len(facts.added_tasks)
    evidence = {"added": added}
    if not added:
        return ClauseEvaluation("ODS-7", ClauseState.NOT_APPLICABLE, "Nothing was added to a request.", evidence)
    sentence = f"{many(added, 'addition')} recorded, each with the name of who added it."
    return ClauseEvaluation("ODS-7", ClauseState.MET, sentence, evidence)


@clause("HLP-9")
def solved_on_the_day(facts: ReportFacts) -> ClauseEvaluation:
    """A statistic: nothing is promised that could be kept or broken."""
    solved = [ticket for ticket in facts.tickets if ticket.target and ticket.resolved_same_working_day is not None]
    same = sum(ticket.resolved_same_working_day is True for ticket in solved)
    sentence = (
        f"A statistic and no promise: {same} of {many(len(solved), 'solved request')} on the working day of receipt."
    )
    evidence = {"solved": len(solved), "on the working day": same}
    return ClauseEvaluation("HLP-9", ClauseState.NOT_APPLICABLE, sentence, evidence)


@clause("HLP-10")
def cases_at_microsoft(facts: ReportFacts) -> ClauseEvaluation:
    """What went to Microsoft went under their case number; the response clock ran on."""
    cases = len(facts.cases)
    open_ones = sum(row.until is None for row in facts.cases)
    evidence = {"cases": cases, "still there": open_ones}
    if not cases:
        return ClauseEvaluation("HLP-10", ClauseState.NOT_APPLICABLE, "Nothing went to Microsoft.", evidence)
    sentence = f"{many(cases, 'case')} at Microsoft, each under its number; {open_ones} still there."
    return ClauseEvaluation("HLP-10", ClauseState.MET, sentence, evidence)
