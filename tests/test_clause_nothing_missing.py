"""Every clause of a finished issue has its rule and its test: this build is red otherwise."""

from io import StringIO

from django.core.management import call_command


def test_nothing_is_missing_for_the_finished_issues() -> None:
    out = StringIO()
    call_command("clause", "--missing", stdout=out)
    assert out.getvalue().startswith("Nothing is missing:")
