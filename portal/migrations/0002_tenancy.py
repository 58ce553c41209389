"""The walls between clients: who may read and write which table, and what the database answers at the door."""

from django.db import migrations

from portal.tenancy import sql

S_READS = "select"
S_ADDS = "select, insert"
S_WRITES = "select, insert, update"
S_ALL = "select, insert, update, delete"

CLIENT_TABLES = [
    *sql.client_table("portal_client", key="id", staff=S_WRITES, plain=S_READS, definer=S_READS),
    *sql.client_table("portal_clientname", staff=S_WRITES, plain=S_READS),
    *sql.client_table("portal_microsofttenant", staff=S_WRITES, plain=S_READS),
    *sql.client_table("portal_membership", staff=S_WRITES, plain=S_READS, definer=S_READS),
    *sql.client_table("portal_entitlement", staff=S_WRITES, plain=S_READS),
    *sql.client_table("portal_approval", staff=S_WRITES, plain=S_READS),
    *sql.client_table("portal_document", staff=S_ADDS),
    *sql.client_table("portal_alarm", client="", staff=S_WRITES, plain=S_READS),
    *sql.client_table("portal_notice", client="select, insert, update (read_at)", staff=S_ALL, plain="select, update"),
    *sql.client_table("portal_idempotency", client=S_WRITES, staff=S_ALL, plain=S_WRITES),
    # A mail may be for one person of the client only: a client's work queues mails and reads none. The id comes back
    # from the insert.
    *sql.client_table("portal_outbox", client="select (id), insert", staff=S_WRITES, plain="select (id), insert"),
    # Append-only: nobody may change or delete an event; the sealer notes that it sealed one.
    *sql.client_table(
        "portal_auditevent",
        client=S_ADDS,
        staff=S_ADDS,
        plain=S_ADDS,
        sealer="select, update (sealed_at)",
        visible="client_visible",
    ),
    *sql.client_table(
        "portal_auditpayload",
        client=S_ADDS,
        staff=S_ADDS,
        plain="insert",
        sealer=S_READS,
        retention="select, update (payload, erased_at)",
        visible="exists (select from public.portal_auditevent e where e.id = event_id)",
        row="event_id",
    ),
    *sql.client_table("portal_seal", key="chain", staff=S_READS, plain=S_READS, sealer=S_ADDS),
]

SUPPLIER_TABLES = [
    *sql.open_table("portal_supplier", door=S_READS, client=S_READS, staff=S_WRITES, plain=S_READS),
    *sql.open_table("portal_terms", door=S_READS, client=S_READS, staff=S_ADDS, plain=S_READS),
    *sql.open_table("portal_clausetext", door=S_READS, client=S_READS, staff=S_ADDS, plain=S_READS),
    *sql.open_table(
        "portal_workingcalendar", door=S_READS, client=S_READS, staff=S_ADDS, plain=S_READS, definer=S_READS
    ),
    *sql.open_table("portal_product", door=S_READS, client=S_READS, staff=S_WRITES, plain=S_READS),
    *sql.open_table("portal_staff", staff=S_WRITES, plain=S_READS, definer=S_READS),
    *sql.open_table("portal_nda", staff=S_WRITES, definer=S_READS),
    *sql.open_table("portal_sweeprun", door=S_READS, staff=S_WRITES, plain=S_READS),
]

DOOR_TABLES = [
    *sql.door_table("portal_user", "select, update", staff=S_WRITES, plain=S_READS, definer=S_READS),
    *sql.door_table("portal_address", "select, update", staff=S_WRITES, plain=S_READS, definer=S_READS),
    *sql.door_table("portal_invitation", "select, update", staff=S_WRITES),
    *sql.door_table("portal_loginattempt", "select, insert", staff="select, delete"),
    *sql.door_table("portal_verificationrecord", "select", staff="select, insert, update (superseded_on)"),
    *sql.door_table("django_session", S_ALL, staff="select, delete"),
    *sql.door_table("usersessions_usersession", S_ALL, staff="select, delete"),
    *sql.door_table("account_emailaddress", S_ALL, staff=S_ALL),
    *sql.door_table("mfa_authenticator", S_ALL, staff="select, delete"),
]

SAME_CLIENT = [
    *sql.composite_key("portal_membership", "delegated_by_id", "portal_membership"),
    *sql.composite_key("portal_auditpayload", "event_id", "portal_auditevent", nullable_client=False),
]

CONTRACT_DAY = """
    select (instant at time zone coalesce(
        (select c.tz from public.portal_workingcalendar c where c.effective_at <= instant order by c.version desc limit 1),
        'Europe/London'))::date
"""
NDA_VALID = """
    select exists (
        select from public.portal_nda n
        where n.staff_id = who
          and n.valid_from <= public.contract_day(instant)
          and (n.valid_to is null or n.valid_to > public.contract_day(instant)))
"""
DOOR_STAFF = """
    select s.id, s.grade, s.label, public.staff_nda_valid(s.id, instant)
    from public.portal_staff s join public.portal_user u on u.id = s.user_id and u.is_active
    where s.user_id = who
      and s.valid_from <= public.contract_day(instant)
      and (s.valid_to is null or s.valid_to > public.contract_day(instant))
"""
# The strongest role comes first: a person may be author, manager and billing contact of one client at once.
STRENGTH = "array_position(array['manager', 'author', 'billing'], m.role::text)"
VALID_MEMBERSHIP = """
    from public.portal_membership m
    join public.portal_client c on c.id = m.client_id
    join public.portal_user u on u.id = m.user_id and u.is_active
    where m.user_id = who
      and m.valid_from <= public.contract_day(instant)
      and (m.valid_to is null or m.valid_to > public.contract_day(instant))
"""
DOOR_MEMBERSHIP = f"""
    select c.id, c.slug, c.name, c.state, c.suspended_reason,
        m.id, m.role, m.label, m.email, m.valid_from, m.valid_to
    {VALID_MEMBERSHIP} and c.slug = wanted
    order by {STRENGTH}
"""
DOOR_CLIENTS = f"""
    select c.id, c.slug, c.name, c.state, array_agg(m.role::text order by {STRENGTH})
    {VALID_MEMBERSHIP}
    group by c.id order by c.name, c.id
"""
QUESTIONS = [
    *sql.definer_function(
        "contract_day", "instant timestamptz", "date", CONTRACT_DAY, ("app", "client", "staff", "staff_plain")
    ),
    *sql.definer_function(
        "staff_nda_valid", "who bigint, instant timestamptz", "boolean", NDA_VALID, ("app", "staff", "staff_plain")
    ),
    *sql.definer_function(
        "door_staff",
        "who bigint, instant timestamptz",
        "table (staff_id bigint, grade text, label text, nda_valid boolean)",
        DOOR_STAFF,
        ("app", "staff", "staff_plain"),
    ),
    *sql.definer_function(
        "door_membership",
        "who bigint, wanted text, instant timestamptz",
        "table (client_id bigint, slug text, name text, state text, suspended_reason text, membership_id bigint,"
        " role text, label text, email text, valid_from date, valid_to date)",
        DOOR_MEMBERSHIP,
    ),
    *sql.definer_function(
        "door_clients",
        "who bigint, instant timestamptz",
        "table (client_id bigint, slug text, name text, state text, roles text[])",
        DOOR_CLIENTS,
    ),
]

# Both sides take the same lock for the person, so that two transactions cannot each miss the other's row.
NOT_BOTH = """
begin
    perform pg_advisory_xact_lock(7405002, (new.user_id % 2147483647)::int);
    if exists (
        select from public.{other} o
        where o.user_id = new.user_id
          and daterange(o.valid_from, o.valid_to) && daterange(new.valid_from, new.valid_to)
    ) then
        raise exception using errcode = 'check_violation', constraint = 'portal_nobody_is_both_staff_and_client',
            message = 'Nobody is staff and a client''s person on the same day.';
    end if;
    return new;
end
"""
ONE_SIDE = [
    *sql.definer_trigger(
        "portal_member_is_no_staff",
        "portal_membership",
        "before insert or update of user_id, valid_from, valid_to",
        NOT_BOTH.format(other="portal_staff"),
    ),
    *sql.definer_trigger(
        "portal_staff_is_no_member",
        "portal_staff",
        "before insert or update of user_id, valid_from, valid_to",
        NOT_BOTH.format(other="portal_membership"),
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        *sql.first_rights(),
        *CLIENT_TABLES,
        *SUPPLIER_TABLES,
        *DOOR_TABLES,
        *SAME_CLIENT,
        *QUESTIONS,
        *ONE_SIDE,
    ]
