"""Search over references, subjects, people and messages, and the clients' own way to it (DESIGN.md 3, STACK.md C)."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

from portal.tenancy import sql

CLIENT_AUTHOR = models.Case(
    models.When(author_member__isnull=False, then=models.F("author_label")),
    default=models.Value(""),
    output_field=models.TextField(),
)

READS = [
    *sql.definer_reads("tickets_ticket"),
    *sql.definer_reads("tickets_message"),
    *sql.definer_reads("tickets_ticketperson"),
]

# `@@` is not leakproof: under the client's row policy PostgreSQL reads every row of the client before it looks at a word. Here
# the same setting is the filter, so that the index answers. Messages that the client may not see are not looked at. Who of
# the client asks decides as tickets_for_client does, which the caller asks again with the rows found.
ASKED = """
with asked as materialized (
    select nullif(current_setting('portal.client_id', true), '')::bigint as client_id,
        websearch_to_tsquery('pg_catalog.english', $1) as query
), own as materialized (
    select p.id from public.portal_membership p
    where p.client_id = (select a.client_id from asked a) and p.user_id = $3
)"""
MAY_SEE = """(
    ($4 and t.visibility = 'standard')
    or t.requester_id in (select o.id from own o)
    or exists (
        select from public.tickets_ticketperson n
        where n.client_id = t.client_id and n.ticket_id = t.id and n.membership_id in (select o.id from own o)
    )
)"""
SEARCH_OWN = f"""{ASKED}, in_tickets as materialized (
    select t.id from public.tickets_ticket t
    where t.client_id = (select a.client_id from asked a) and t.search @@ (select a.query from asked a)
), in_messages as materialized (
    select m.ticket_id from public.tickets_message m
    where m.client_id = (select a.client_id from asked a) and m.search @@ (select a.query from asked a)
        and m.client_visible
), first_tickets as materialized (select i.id from in_tickets i limit $7),
first_messages as materialized (select i.ticket_id from in_messages i limit $7),
hits as materialized (
    select f.id from first_tickets f union select f.ticket_id from first_messages f
    union
    select t.id from public.tickets_ticket t
    where $2 <> '' and t.client_id = (select a.client_id from asked a) and t.ref like $2 || '%'
)
select greatest((select count(*) from first_tickets), (select count(*) from first_messages))
union all
(select h.id from hits h
join public.tickets_ticket t on t.id = h.id and t.client_id = (select a.client_id from asked a)
where ($5 is null or h.id < $5) and {MAY_SEE}
order by h.id desc limit $6)
"""  # noqa: S608 - put together from the constants above
SEARCH_OWN_NEWEST = f"""{ASKED}
select t.id from (
    select n.* from public.tickets_ticket n
    where n.client_id = (select a.client_id from asked a) and ($5 is null or n.id < $5)
    order by n.id desc limit $7
) t
where {MAY_SEE} and (
    t.search @@ (select a.query from asked a)
    or ($2 <> '' and t.ref like $2 || '%')
    or exists (
        select from public.tickets_message m
        where m.client_id = t.client_id and m.ticket_id = t.id and m.client_visible
            and m.search @@ (select a.query from asked a)
    )
)
order by t.id desc limit $6
"""  # noqa: S608 - put together from the constants above


def planned_anew(query: str, last: str) -> str:
    """A function's body that plans with the words and limits of each call: with a plan for all of them PostgreSQL would sort
    every request of a client to look at the newest few."""
    using = f"words, begins, person, sees_all, before, most, {last}"
    return f"begin return query execute $query${query}$query$ using {using}; end"


ARGUMENTS = "words text, begins text, person bigint, sees_all boolean, before bigint, most integer"


class Migration(migrations.Migration):
    dependencies = [("portal", "0022_lost_factors"), ("tickets", "0006_mail_in_tenancy")]

    operations = [
        migrations.RemoveIndex("ticket", "tickets_search"),
        migrations.RemoveField("ticket", "search"),
        migrations.AddField(
            model_name="ticket",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.SearchVector(
                    "ref", "subject", "requester_label", "for_whom", config="english"
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=django.contrib.postgres.indexes.GinIndex(fields=["client", "search"], name="tickets_search"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["ref"], name="tickets_ref_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.RemoveIndex("message", "tickets_message_search"),
        migrations.RemoveField("message", "search"),
        migrations.AddField(
            model_name="message",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.SearchVector("body", CLIENT_AUTHOR, config="english"),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=django.contrib.postgres.indexes.GinIndex(fields=["client", "search"], name="tickets_message_search"),
        ),
        *READS,
        *sql.definer_function(
            "search_own",
            f"{ARGUMENTS}, cap integer",
            "setof bigint",
            planned_anew(SEARCH_OWN, "cap"),
            ("client",),
            language="plpgsql",
        ),
        *sql.definer_function(
            "search_own_newest",
            f"{ARGUMENTS}, looked integer",
            "setof bigint",
            planned_anew(SEARCH_OWN_NEWEST, "looked"),
            ("client",),
            language="plpgsql",
        ),
    ]
