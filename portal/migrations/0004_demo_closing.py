"""A real person closes the demonstration for good, whoever writes them and by whatever way (DESIGN.md 1, demo mode)."""

from django.db import migrations

from portal.tenancy import sql

CLOSE = """
begin
    update public.portal_supplier set demo_state = 'closed' where demo_state = 'open';
    return new;
end
"""
STAY_CLOSED = """
begin
    if exists (select from public.portal_user u where not u.is_demo) then
        raise exception using errcode = 'check_violation', constraint = 'portal_demo_has_no_real_people',
            message = 'A database with real people is no demonstration.';
    end if;
    return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_ground_machinery")]

    operations = [
        *sql.open_table("portal_supplier", definer="select, update (demo_state)"),
        *sql.definer_trigger(
            "portal_real_person_closes_demo",
            "portal_user",
            "after insert or update of is_demo",
            CLOSE,
            when="not new.is_demo",
        ),
        *sql.definer_trigger(
            "portal_closed_demo_stays_closed",
            "portal_supplier",
            "before insert or update of demo_state",
            STAY_CLOSED,
            when="new.demo_state = 'open'",
        ),
    ]
