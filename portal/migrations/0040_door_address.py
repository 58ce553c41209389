"""The door also tells the address of a membership: a request's acknowledgement goes there, and it need not be read again."""

from django.db import migrations

from portal.tenancy import sql
from portal.tenancy.roles import role

# As in 0002; the strongest role comes first.
WHO_ENTERS = """
    select c.id, c.slug, c.name, c.state, c.suspended_reason,
        m.id, m.role, m.label, m.email, m.address_id, m.valid_from, m.valid_to
    from public.portal_membership m
    join public.portal_client c on c.id = m.client_id
    join public.portal_user u on u.id = m.user_id and u.is_active
    where m.user_id = who and c.slug = wanted
      and m.valid_from <= public.contract_day(instant)
      and (m.valid_to is null or m.valid_to > public.contract_day(instant))
    order by array_position(array['manager', 'author', 'billing'], m.role::text)
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0036_announcements")]

    operations = [
        # What a function gives back can only be changed by making it anew.
        migrations.RunSQL(f"set local role {role('definer')}"),
        migrations.RunSQL("drop function public.door_membership(bigint, text, timestamptz)"),
        migrations.RunSQL("reset role"),
        *sql.definer_function(
            "door_membership",
            "who bigint, wanted text, instant timestamptz",
            "table (client_id bigint, slug text, name text, state text, suspended_reason text, membership_id bigint,"
            " role text, label text, email text, address_id bigint, valid_from date, valid_to date)",
            WHO_ENTERS,
        ),
    ]
