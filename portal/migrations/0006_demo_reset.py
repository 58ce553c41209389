"""Starting the demonstration again: one function throws its world away, and only a demonstration's (DESIGN.md 1, demo mode).

Nobody who works with the portal may delete from its tables, so this is a definer function. It asks three things: the
supplier is stamped as an open demo, every person is one of the demo, and the supplier's audit chain began with the loading
of a demo world. The last cannot be brought about later: a chain's first link is never changed.
"""

from django.db import migrations

from portal.tenancy import sql
from portal.tenancy.roles import role

# The supplier's row keeps the stamp, and the jobs page its lines.
RESET = """
declare
    tables text;
begin
    if not exists (select from public.portal_supplier s where s.demo_state = 'open')
        or exists (select from public.portal_user u where not u.is_demo)
        or exists (
            select from public.portal_seal l join public.portal_auditevent e on e.id = l.event_id
            where l.chain = 0 and l.seq = 1 and e.kind <> 'demo world loaded')
    then
        raise exception 'This database is no demonstration.';
    end if;
    select string_agg(format('public.%I', c.relname), ', ' order by c.relname) into tables
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and c.relname not in ('django_migrations', 'django_content_type', 'portal_supplier', 'portal_sweeprun');
    execute 'truncate table ' || tables;
end
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0005_outbox_stopped_index")]

    operations = [
        migrations.RunSQL(
            [
                f"grant truncate on all tables in schema public to {role('definer')}",
                # Tables of later migrations and of floors above come with it.
                f"alter default privileges for role {role('owner')} in schema public"
                f" grant truncate on tables to {role('definer')}",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        *sql.definer_reads("portal_seal"),
        *sql.definer_reads("portal_auditevent"),
        *sql.definer_function("demo_reset", "", "void", RESET, ("staff",), language="plpgsql", volatility="volatile"),
    ]
