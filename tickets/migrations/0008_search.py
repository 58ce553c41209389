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
SEARCH_OWN = """
with asked as materialized (
    select nullif(current_setting('portal.client_id', true), '')::bigint as client_id,
        websearch_to_tsquery('pg_catalog.english', words) as query
), hits as materialized (
    select t.id from public.tickets_ticket t
    where t.client_id = (select a.client_id from asked a) and t.search @@ (select a.query from asked a)
    union
    select m.ticket_id from public.tickets_message m
    where m.client_id = (select a.client_id from asked a) and m.search @@ (select a.query from asked a)
        and m.client_visible
    union
    select t.id from public.tickets_ticket t
    where begins <> '' and t.client_id = (select a.client_id from asked a) and t.ref like begins || '%'
), own as materialized (
    select p.id from public.portal_membership p
    where p.client_id = (select a.client_id from asked a) and p.user_id = person
)
select h.id from hits h
join public.tickets_ticket t on t.id = h.id and t.client_id = (select a.client_id from asked a)
where (before is null or h.id < before) and (
    (sees_all and t.visibility = 'standard')
    or t.requester_id in (select o.id from own o)
    or exists (
        select from public.tickets_ticketperson n
        where n.client_id = t.client_id and n.ticket_id = t.id and n.membership_id in (select o.id from own o)
    )
)
order by h.id desc limit most
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_terms_feedback"), ("portal", "0022_lost_factors")]

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
            "words text, begins text, person bigint, sees_all boolean, before bigint, most integer",
            "setof bigint",
            SEARCH_OWN,
            ("client",),
        ),
    ]
