"""The walls between clients around reports and the requests for them (CMP-10)."""

from django.db import migrations

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_initial"), ("portal", "0002_tenancy")]

    operations = [
        # A client's manager may put a failed one back into the line, and change nothing else.
        *sql.client_table(
            "compliance_reportrequest",
            client="select, insert, update (state, attempts, done_at, error, progress, progress_says)",
        ),
        *sql.client_table("compliance_report", staff="select, insert"),
        *sql.composite_key("compliance_reportrequest", "requested_by_id", "portal_membership"),
        *sql.composite_key("compliance_report", "request_id", "compliance_reportrequest"),
        *sql.composite_key("compliance_report", "document_id", "portal_document"),
        *sql.composite_key("compliance_report", "previous_id", "compliance_report"),
    ]
