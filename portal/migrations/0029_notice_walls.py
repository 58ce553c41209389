"""The walls of notices: whose choice is whose, and whom a notice may reach, answered in every scope without showing who they are."""

from django.db import migrations

from portal.tenancy import sql
from portal.tenancy.roles import role

S_WRITES = "select, insert, update"

# Rows of before: a client's person is found again by the person; what was raised before is not told anew.
FILL = [
    f"set local role {role('staff')}",
    """
    update portal_notice n set membership_id = (
        select min(m.id) from portal_membership m where m.client_id = n.client_id and m.user_id = n.user_id)
    where n.client_id is not null
    """,
    "update portal_alarm set told_at = raised_at where told_at is null",
    "reset role",
]
MEANT_FOR_CLIENTS = f"{sql.OWN_ROWS.format(key='client_id')} and membership_id is not null"
SEEN_BY_CLIENTS = [
    "drop policy client on portal_notice",
    f"create policy client on portal_notice for select to {role('client')} using ({MEANT_FOR_CLIENTS})",
    "drop policy client_marks on portal_notice",
    f"create policy client_marks on portal_notice for update to {role('client')}"
    f" using ({MEANT_FOR_CLIENTS}) with check ({MEANT_FOR_CLIENTS})",
]
# Who of those asked about is in office, as whom, and what they chose. A client's work tells staff without seeing the staff.
NOTICE_PEOPLE = """
    with asked as (
        select * from unnest(users, colleagues, clients, kinds) with ordinality as a(user_id, staff_id, client_id, kind, place))
    select a.place::int, s.user_id, null::bigint, coalesce(c.way, '')::text
    from asked a
    join public.portal_staff s on (s.user_id = a.user_id or s.id = a.staff_id)
          and s.valid_from <= public.contract_day(instant)
          and (s.valid_to is null or s.valid_to > public.contract_day(instant))
    join public.portal_user u on u.id = s.user_id and u.is_active
    left join public.portal_noticechoice c on c.user_id = s.user_id and c.client_id is null and c.kind = a.kind
    union all
    select a.place::int, m.user_id, m.id, coalesce(c.way, '')::text
    from asked a
    cross join lateral (
        select m.id, m.user_id from public.portal_membership m
        where m.client_id = a.client_id and m.user_id = a.user_id and m.joined_at is not null
          and m.valid_from <= public.contract_day(instant)
          and (m.valid_to is null or m.valid_to > public.contract_day(instant))
        order by m.id limit 1) m
    join public.portal_user u on u.id = m.user_id and u.is_active
    left join public.portal_noticechoice c on c.user_id = m.user_id and c.client_id = a.client_id and c.kind = a.kind
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0028_notice_choices")]

    operations = [
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
        *sql.composite_key("portal_notice", "membership_id", "portal_membership", nullable_client=True),
        migrations.RunSQL(SEEN_BY_CLIENTS, reverse_sql=migrations.RunSQL.noop),
        *sql.client_table("portal_noticechoice", client=S_WRITES, staff=S_WRITES, plain=S_WRITES, definer="select"),
        *sql.composite_key("portal_noticechoice", "membership_id", "portal_membership", nullable_client=True),
        *sql.definer_function(
            "notice_people",
            "users bigint[], colleagues bigint[], clients bigint[], kinds text[], instant timestamptz",
            "table (place int, user_id bigint, membership_id bigint, way text)",
            NOTICE_PEOPLE,
            ("client", "staff", "staff_plain"),
        ),
    ]
