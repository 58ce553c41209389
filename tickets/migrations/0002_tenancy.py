"""The walls between clients in the helpdesk, the clock's key, and the NDA trigger (HLP-5, CMP-6)."""

from django.db import migrations

from portal.tenancy import sql

# What a client's own act may change on a request: never who accepted it, who works on it, or when it was acknowledged.
CLIENT_CHANGES = (
    "state, state_since, state_note, queue_group, queue_at, version, last_client_at, asked_at,"
    " resolved_at, closed_at, close_due_at, reopened_at"
)

TABLES = [
    *sql.client_table("tickets_ticket", client=f"select, insert, update ({CLIENT_CHANGES})"),
    *sql.client_table("tickets_ticketperson", client="select, insert, delete", staff="select, insert, delete"),
    *sql.client_table("tickets_responseclock"),
    *sql.client_table("tickets_message", client="select, insert", visible="client_visible"),
    *sql.client_table("tickets_attachment", client="select, insert", visible="client_visible"),
]

KEYS = [
    *sql.composite_key("tickets_ticket", "requester_id", "portal_membership"),
    *sql.composite_key("tickets_ticket", "tenant_id", "portal_microsofttenant"),
    *sql.composite_key("tickets_ticket", "merged_into_id", "tickets_ticket"),
    *sql.composite_key("tickets_ticketperson", "ticket_id", "tickets_ticket"),
    *sql.composite_key("tickets_ticketperson", "membership_id", "portal_membership"),
    # The clock starts at the acknowledgement, at that very instant: without one there is no row to point to.
    *sql.composite_key(
        "tickets_responseclock",
        "ticket_id",
        "tickets_ticket",
        carry=[("started_at", "acknowledged_at")],
        name="tickets_hlp5_clock_needs_acknowledgement",
    ),
    *sql.composite_key("tickets_responseclock", "entitlement_id", "portal_entitlement"),
    *sql.composite_key("tickets_message", "ticket_id", "tickets_ticket"),
    *sql.composite_key("tickets_message", "author_member_id", "portal_membership"),
    *sql.composite_key("tickets_attachment", "ticket_id", "tickets_ticket"),
    # A message that is shown or withdrawn takes its files along.
    *sql.composite_key(
        "tickets_attachment",
        "message_id",
        "tickets_message",
        carry=[("client_visible", "client_visible")],
        on_update="cascade",
    ),
]

# The row's own instants are tested, never the clock: a row copied in from another system is judged by its own day.
NDA_NEEDED = """
begin
    if new.accepted_by_id is not null
        and (tg_op = 'INSERT' or new.accepted_by_id is distinct from old.accepted_by_id)
        and not public.staff_nda_valid(new.accepted_by_id, new.accepted_at)
    then
        raise exception using errcode = 'check_violation', constraint = 'tickets_cmp6_acceptor_has_nda',
            message = 'A request is accepted only by staff whose non-disclosure agreement is valid on that day.';
    end if;
    if new.assignee_id is not null
        and (tg_op = 'INSERT' or new.assignee_id is distinct from old.assignee_id)
        and not public.staff_nda_valid(new.assignee_id, new.assigned_at)
    then
        raise exception using errcode = 'check_violation', constraint = 'tickets_cmp6_assignee_has_nda',
            message = 'A request is given only to staff whose non-disclosure agreement is valid on that day.';
    end if;
    return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial"), ("portal", "0002_tenancy")]

    operations = [
        *TABLES,
        *KEYS,
        *sql.definer_trigger(
            "tickets_cmp6_nda_needed",
            "tickets_ticket",
            "before insert or update of accepted_by_id, assignee_id",
            NDA_NEEDED,
            when="new.accepted_by_id is not null or new.assignee_id is not null",
        ),
    ]
