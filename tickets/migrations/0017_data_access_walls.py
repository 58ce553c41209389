"""The walls round accesses to client data, and the triggers that keep ACC-5, ACC-6, ODS-4, CMP-6 and LIA-3; HLP-10.

Nobody may change or delete a row once it is written. The triggers compare instants that stand in the rows, never the clock.
"""

from django.db import migrations

from portal.tenancy import sql

ADDS = "select, insert"
SEEN: dict[str, str] = {"staff": ADDS, "visible": "client_visible"}

TABLES = [
    *sql.client_table(
        "tickets_accessnaming", client="select, insert, update (valid_to)", staff="select", definer="select"
    ),
    *sql.client_table("tickets_accessrequest", client=ADDS, definer="select", **SEEN),
    *sql.client_table("tickets_accessdecision", client=ADDS, definer="select", **SEEN),
    *sql.client_table("tickets_breakglass", definer="select", **SEEN),
    *sql.client_table("tickets_dataaccess", definer="select", **SEEN),
    *sql.client_table("tickets_identitycheck", definer="select", **SEEN),
    *sql.client_table("tickets_datachange", **SEEN),
    *sql.client_table("tickets_accessclosing", definer="select", **SEEN),
    *sql.client_table("tickets_additionaltask", client=ADDS, definer="select", **SEEN),
    *sql.client_table("tickets_taskstep", client=ADDS, definer="select", **SEEN),
    *sql.client_table(
        "tickets_escalation",
        staff="select, insert, update (remind_at, reminded_at, reminders)",
        definer="select, update (ended_at, remind_at)",
        visible="client_visible",
    ),
    *sql.definer_reads("portal_approval"),
]

PARENTS = {
    "tickets_accessnaming": {"membership_id": "portal_membership", "named_by_id": "portal_membership"},
    "tickets_accessrequest": {"ticket_id": "tickets_ticket", "asked_by_id": "portal_membership"},
    "tickets_accessdecision": {"request_id": "tickets_accessrequest", "decided_by_id": "portal_membership"},
    "tickets_breakglass": {"request_id": "tickets_accessrequest", "approval_id": "portal_approval"},
    "tickets_identitycheck": {"request_id": "tickets_accessrequest", "manager_id": "portal_membership"},
    "tickets_datachange": {
        "ticket_id": "tickets_ticket",
        "confirmation_id": "tickets_accessdecision",
        "identity_check_id": "tickets_identitycheck",
    },
    "tickets_dataaccess": {"ticket_id": "tickets_ticket"},
    "tickets_accessclosing": {"access_id": "tickets_dataaccess"},
    "tickets_additionaltask": {"ticket_id": "tickets_ticket", "added_by_id": "portal_membership"},
    "tickets_taskstep": {"task_id": "tickets_additionaltask", "member_id": "portal_membership"},
    "tickets_escalation": {"ticket_id": "tickets_ticket"},
}

KEYS = [
    *[
        operation
        for table, parents in PARENTS.items()
        for column, parent in parents.items()
        for operation in sql.composite_key(table, column, parent)
    ],
    *sql.unique_key("tickets_accessrequest", "client_id", "id", "ticket_id"),
    *sql.unique_key("tickets_dataaccess", "client_id", "id", "ticket_id", "staff_id"),
    # A window belongs to its request's ticket, a change to its window's ticket and person.
    *sql.composite_key("tickets_dataaccess", "request_id", "tickets_accessrequest", carry=[("ticket_id", "ticket_id")]),
    *sql.composite_key(
        "tickets_datachange",
        "access_id",
        "tickets_dataaccess",
        carry=[("ticket_id", "ticket_id"), ("staff_id", "staff_id")],
        name="tickets_acc6_change_in_own_window",
    ),
]

ACCEPTED = """
    select count(*) into found from public.tickets_ticket t
    where t.client_id = new.client_id and t.id = new.ticket_id and t.accepted_by_id = new.staff_id
      and t.accepted_at <= new.{at} and (t.reopened_at is null or t.accepted_at >= t.reopened_at)
      and t.state not in ('resolved', 'closed', 'declined', 'quoted', 'merged');
    if found = 0 then
        raise exception using errcode = 'check_violation', constraint = '{name}',
            message = 'Accept the request before you touch the client''s data; a colleague''s acceptance does not count.';
    end if;
    if not public.staff_nda_valid(new.staff_id, new.{at}) then
        raise exception using errcode = 'check_violation', constraint = 'tickets_cmp6_{table}_has_nda',
            message = 'Client data is touched only by staff whose non-disclosure agreement is valid on that day.';
    end if;
"""

# Break-glass needs its confirmed approval; the others need somebody of the client's who is in office on that day.
ACCESS_ALLOWED = """
declare found int; asked record;
begin
    -- accepted
    select r.* into asked from public.tickets_accessrequest r
        where r.client_id = new.client_id and r.id = new.request_id;
    select count(*) into found from public.portal_membership m
    where m.client_id = new.client_id and m.id = asked.asked_by_id and m.valid_from <= public.contract_day(new.begins_at)
      and (m.valid_to is null or m.valid_to > public.contract_day(new.begins_at))
      and (new.basis = 'own' and asked.own_data
        or new.basis = 'manager' and m.role = 'manager'
        or new.basis = 'named' and exists (
            select from public.tickets_accessnaming n
            where n.client_id = new.client_id and n.membership_id = m.id and lower(n.place) = lower(asked.place)
              and n.valid_from <= public.contract_day(new.begins_at) and n.valid_to > public.contract_day(new.begins_at)));
    if found = 0 and new.basis = 'manager' then
        select count(*) into found from public.tickets_accessdecision d
        where d.client_id = new.client_id and d.request_id = new.request_id and d.about = 'access' and d.yes
          and d.decided_at <= new.begins_at;
    end if;
    if new.basis = 'break_glass' then
        select count(*) into found from public.tickets_breakglass b
        join public.portal_approval a on a.client_id = b.client_id and a.id = b.approval_id
        where b.client_id = new.client_id and b.request_id = new.request_id and b.confirmed_at <= new.begins_at
          and a.kind = 'break glass' and a.state = 'confirmed' and a.subject_id = new.request_id;
    end if;
    if new.basis <> 'break_glass' and (
        select not d.yes from public.tickets_accessdecision d
        where d.client_id = new.client_id and d.request_id = new.request_id and d.about = 'access'
          and d.decided_at <= new.begins_at
        order by d.decided_at desc, d.id desc limit 1)
    then
        found := 0;
    end if;
    if found = 0 then
        raise exception using errcode = 'check_violation', constraint = 'tickets_ods4_access_is_allowed',
            message = 'Nobody who may allow it has allowed this access on that day.';
    end if;
    if new.basis <> 'break_glass' and exists (
        select from public.tickets_ticket t
        where t.client_id = new.client_id and t.id = new.ticket_id and t.channel = 'phone')
      and not exists (
        select from public.tickets_message m
        where m.client_id = new.client_id and m.ticket_id = new.ticket_id and m.author_member_id is not null
          and m.channel <> 'phone' and m.written_at <= new.begins_at)
      and not exists (
        select from public.tickets_accessdecision d
        where d.client_id = new.client_id and d.request_id = new.request_id and d.yes and d.how <> 'callback'
          and d.decided_at <= new.begins_at)
    then
        raise exception using errcode = 'check_violation', constraint = 'tickets_acc7_phone_is_confirmed',
            message = 'This was asked by phone: wait until the client has confirmed it in writing.';
    end if;
    return new;
end
"""

CHANGE_ALLOWED = """
declare found int; opened record;
begin
    -- accepted
    select a.* into opened from public.tickets_dataaccess a
        where a.client_id = new.client_id and a.id = new.access_id;
    if opened.id is null or new.at < opened.begins_at or new.at > opened.ends_at or exists (
        select from public.tickets_accessclosing c
        where c.client_id = new.client_id and c.access_id = new.access_id and c.closed_at <= new.at)
    then
        raise exception using errcode = 'check_violation', constraint = 'tickets_acc5_change_in_window',
            message = 'The window of this access is not open at that time.';
    end if;
    if new.act = 'deleted' and not exists (
        select from public.tickets_accessdecision d
        where d.client_id = new.client_id and d.id = new.confirmation_id and d.request_id = opened.request_id
          and d.about = 'delete' and d.yes and d.thing = new.thing and d.decided_at <= new.at
          and not exists (
            select from public.tickets_accessdecision l
            where l.client_id = d.client_id and l.request_id = d.request_id and l.about = 'delete' and l.thing = d.thing
              and not l.yes and l.decided_at >= d.decided_at and l.decided_at <= new.at))
    then
        raise exception using errcode = 'check_violation', constraint = 'tickets_acc5_delete_is_confirmed',
            message = 'A deletion needs a manager''s confirmation of that object.';
    end if;
    if new.act in ('password reset', 'MFA reset') and not exists (
        select from public.tickets_identitycheck i
        where i.client_id = new.client_id and i.id = new.identity_check_id and i.request_id = opened.request_id
          and i.checked_at <= new.at)
    then
        raise exception using errcode = 'check_violation', constraint = 'tickets_lia3_reset_is_checked',
            message = 'Record the identity check before the reset.';
    end if;
    return new;
end
"""

MANAGER_DECIDES = """
begin
    if not exists (
        select from public.portal_membership m
        where m.client_id = new.client_id and m.id = new.{who} and m.role = 'manager'
          and m.valid_from <= public.contract_day(new.{at})
          and (m.valid_to is null or m.valid_to > public.contract_day(new.{at})))
    then
        raise exception using errcode = 'check_violation', constraint = '{name}',
            message = 'Only a person who is a manager of the client on that day can say this.';
    end if;
    return new;
end
"""

TASK_IN_ORDER = """
begin
    if new.step in ('accepted', 'done') and not exists (
        select from public.tickets_additionaltask t
        where t.client_id = new.client_id and t.id = new.task_id
          and (t.added_by_id is not null or t.added_by_staff_id is not null))
      and not exists (
        select from public.tickets_taskstep s
        where s.client_id = new.client_id and s.task_id = new.task_id and s.step = 'confirmed')
    then
        raise exception using errcode = 'check_violation', constraint = 'tickets_ods7_stranger_is_confirmed',
            message = 'Whoever added this is not registered: a manager of the client must confirm it first.';
    end if;
    if new.step = 'done' and not exists (
        select from public.tickets_taskstep s
        where s.client_id = new.client_id and s.task_id = new.task_id and s.step = 'accepted' and s.at <= new.at)
    then
        raise exception using errcode = 'check_violation', constraint = 'tickets_ods7_done_after_accepted',
            message = 'Accept the additional task before it is done.';
    end if;
    if new.staff_id is not null and not public.staff_nda_valid(new.staff_id, new.at) then
        raise exception using errcode = 'check_violation', constraint = 'tickets_cmp6_task_has_nda',
            message = 'Work is taken on only by staff whose non-disclosure agreement is valid on that day.';
    end if;
    return new;
end
"""

NEEDS_CASE = """
begin
    if not exists (
        select from public.tickets_escalation e
        where e.client_id = new.client_id and e.ticket_id = new.id and e.ended_at is null)
    then
        raise exception using errcode = 'check_violation', constraint = 'tickets_hlp10_has_a_case',
            message = 'Name the case at Microsoft: use Escalate.';
    end if;
    return new;
end
"""
CASE_ENDS = """
begin
    update public.tickets_escalation e set ended_at = greatest(new.state_since, e.since), remind_at = null
    where e.client_id = new.client_id and e.ticket_id = new.id and e.ended_at is null;
    return null;
end
"""


def accepted(body: str, table: str, at: str) -> str:
    """The body with the test that its author accepted the ticket and has an NDA, at the row's own instant."""
    return body.replace("-- accepted", ACCEPTED.format(at=at, name=f"tickets_acc6_{table}_is_accepted", table=table))


TRIGGERS = [
    *sql.definer_trigger(
        "tickets_ods4_manager_decides",
        "tickets_accessdecision",
        "before insert",
        MANAGER_DECIDES.format(who="decided_by_id", at="decided_at", name="tickets_ods4_manager_decides"),
    ),
    *sql.definer_trigger(
        "tickets_ods4_manager_names",
        "tickets_accessnaming",
        "before insert",
        MANAGER_DECIDES.format(who="named_by_id", at="named_at", name="tickets_ods4_manager_names"),
    ),
    *sql.definer_trigger(
        "tickets_lia3_manager_vouches",
        "tickets_identitycheck",
        "before insert",
        MANAGER_DECIDES.format(who="manager_id", at="checked_at", name="tickets_lia3_manager_vouches"),
        when="new.manager_id is not null",
    ),
    *sql.definer_trigger(
        "tickets_acc5_access_allowed",
        "tickets_dataaccess",
        "before insert",
        accepted(ACCESS_ALLOWED, "access", "begins_at"),
    ),
    *sql.definer_trigger(
        "tickets_acc6_change_allowed", "tickets_datachange", "before insert", accepted(CHANGE_ALLOWED, "change", "at")
    ),
    *sql.definer_trigger("tickets_ods7_task_in_order", "tickets_taskstep", "before insert", TASK_IN_ORDER),
    *sql.definer_trigger(
        "tickets_hlp10_needs_case",
        "tickets_ticket",
        "before update of state",
        NEEDS_CASE,
        when="new.state = 'with_microsoft' and old.state <> 'with_microsoft'",
    ),
    *sql.definer_trigger(
        "tickets_hlp10_case_ends",
        "tickets_ticket",
        "after update of state",
        CASE_ENDS,
        when="old.state = 'with_microsoft' and new.state <> 'with_microsoft'",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0016_data_access"), ("portal", "0031_terms_asked")]

    operations = [*TABLES, *KEYS, *TRIGGERS]
