"""Writing without reading: events, mails, alarms and repeated posts, from every scope in which something can happen.

A client's work records events that no client sees, queues mails that only their reader sees, and raises alarms for staff.
The rows are added without asking for them back, so the right to add needs no right to read.
"""

from django.db import migrations

from portal.tenancy.roles import Name, role
from portal.tenancy.sql import OWN_ROWS, grant

OWN = OWN_ROWS.format(key="client_id")
# Each statement knows the new row's number only by the sequence that gave it.
NUMBERED = ("portal_auditevent", "portal_outbox")
WRITERS: tuple[Name, ...] = ("app", "client", "staff", "staff_plain")
VISIBLE = {
    "portal_auditevent": "client_visible",
    "portal_auditpayload": "exists (select from public.portal_auditevent e where e.id = event_id)",
    # Staff get notices about a client's rows too, and those are not for the client's eyes.
    "portal_notice": "exists (select from public.portal_membership m where m.client_id = portal_notice.client_id"
    " and m.user_id = portal_notice.user_id)",
}


def numbers() -> list[str]:
    return [f"grant usage on sequence {table}_id_seq to {role(name)}" for table in NUMBERED for name in WRITERS]


def adds_more_than_it_reads(table: str) -> list[str]:
    """The client adds any row of its own, and sees, or marks as read, only those that are meant for it."""
    to = role("client")
    return [
        f"drop policy client on {table}",
        f"create policy client on {table} for select to {to} using ({OWN} and {VISIBLE[table]})",
        f"create policy client_adds on {table} for insert to {to} with check ({OWN})",
    ]


def door_adds(table: str, rights: str, condition: str) -> list[str]:
    return [
        f"create policy door on {table} to {role('app')} using ({condition}) with check ({condition})",
        grant(table, "app", rights),
    ]


STATEMENTS = [
    *numbers(),
    *(statement for table in VISIBLE for statement in adds_more_than_it_reads(table)),
    f"create policy client_marks on portal_notice for update to {role('client')}"
    f" using ({OWN} and {VISIBLE['portal_notice']}) with check ({OWN})",
    *door_adds("portal_auditevent", "insert", "true"),
    *door_adds("portal_auditpayload", "insert", "true"),
    # At the door only the supplier's own mails leave: password resets, confirmations.
    *door_adds("portal_outbox", "insert", "client_id is null"),
    *door_adds("portal_idempotency", "select, insert", "client_id is null"),
    grant("portal_alarm", "client", "insert"),
]


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_tenancy")]

    operations = [migrations.RunSQL(STATEMENTS, reverse_sql=migrations.RunSQL.noop)]
