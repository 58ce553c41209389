"""The walls of rulings, charges and time: chargeable time points at a yes of its own request, at its very instant (HLP-8)."""

from django.db import migrations

from portal.tenancy import sql

# What a client's answer may change on a charge: never the work, the price or the instant of the question.
ANSWER = "answer, answered_by_id, answered_by_label, answered_at, answer_note, approved_at"

TABLES = [
    *sql.client_table("tickets_scoperuling", staff="select, insert"),
    *sql.client_table(
        "tickets_chargeapproval", client=f"select, update ({ANSWER})", staff="select, insert, update (answer)"
    ),
    *sql.client_table("tickets_timeentry", staff="select, insert"),
    *sql.client_table("tickets_timer", client="", staff="select, insert, delete"),
]

KEYS = [
    *sql.composite_key("tickets_scoperuling", "ticket_id", "tickets_ticket"),
    *sql.composite_key("tickets_scoperuling", "entitlement_id", "portal_entitlement"),
    *sql.unique_key("tickets_scoperuling", "client_id", "id", "ticket_id"),
    *sql.composite_key("tickets_chargeapproval", "ticket_id", "tickets_ticket"),
    *sql.composite_key(
        "tickets_chargeapproval", "ruling_id", "tickets_scoperuling", carry=[("ticket_id", "ticket_id")]
    ),
    *sql.composite_key("tickets_chargeapproval", "answered_by_id", "portal_membership"),
    *sql.unique_key("tickets_chargeapproval", "client_id", "id", "ticket_id", "approved_at"),
    *sql.composite_key("tickets_timeentry", "ticket_id", "tickets_ticket"),
    # Without a yes there is no instant to carry, and so no row to point to.
    *sql.composite_key(
        "tickets_timeentry",
        "approval_id",
        "tickets_chargeapproval",
        carry=[("ticket_id", "ticket_id"), ("approved_at", "approved_at")],
        name="tickets_hlp8_time_needs_the_yes",
    ),
    *sql.unique_key("tickets_timeentry", "client_id", "id", "ticket_id", "billable", "day"),
    # A reversal takes back what was charged as what it was: on the same request, the same day, charged or not.
    *sql.composite_key(
        "tickets_timeentry",
        "reverses_id",
        "tickets_timeentry",
        carry=[("ticket_id", "ticket_id"), ("billable", "billable"), ("day", "day")],
    ),
    *sql.composite_key("tickets_timer", "ticket_id", "tickets_ticket"),
]

ANSWER_STANDS = """
begin
    if old.answer <> 'asked' then
        raise exception using errcode = 'check_violation', constraint = 'tickets_hlp8_answer_stands',
            message = 'This charge was answered before: an answer is never changed.';
    end if;
    return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0014_charges")]

    operations = [
        *TABLES,
        *KEYS,
        *sql.definer_trigger("tickets_hlp8_answer_stands", "tickets_chargeapproval", "before update", ANSWER_STANDS),
    ]
