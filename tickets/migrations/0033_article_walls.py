"""Who reads which article: the wall between what staff know and what a client may read, and the client's way to search."""

from django.db import migrations

from portal.tenancy import sql

OWN_CLIENT = "nullif(current_setting('portal.client_id', true), '')::bigint"
# A client reads what is published for all, and what is published for it by name. The readers' table has a wall of its own.
FOR_THIS_CLIENT = """state = 'published' and (audience = 'clients' or (audience = 'chosen' and exists (
    select from tickets_articlereader r where r.article_id = tickets_article.id)))"""
SHOWN = "id, title, body, category, keywords, state, audience, version, changed_at, published_at, search"

WALL = [
    "alter table tickets_article enable row level security",
    "alter table tickets_article force row level security",
    sql.policy("tickets_article", "client", FOR_THIS_CLIENT),
    sql.policy("tickets_article", "staff", "true"),
    sql.grant("tickets_article", "client", f"select ({SHOWN})"),
    sql.grant("tickets_article", "staff", "select, insert, update"),
]

TABLES = [
    *sql.open_table("tickets_articleversion", staff="select, insert"),
    *sql.open_table("tickets_articledraft", staff="select, insert, update, delete"),
    *sql.client_table("tickets_articlereader", client="select", staff="select, insert, delete"),
    *sql.client_table("tickets_articlevote", client="select, insert, update (helped, said_at)", staff="select"),
    *sql.client_table("tickets_articlesolved", client="select, insert", staff="select"),
    *sql.composite_key("tickets_articlevote", "membership_id", "portal_membership"),
    *sql.composite_key("tickets_articlesolved", "membership_id", "portal_membership"),
]

# `@@` is not leakproof: under the client's policy PostgreSQL would read every article before it looks at a word. Here the index
# answers first, and the same conditions as in the policy stand behind it.
FOUND_FOR_CLIENT = f"""
with asked as materialized (
    select {OWN_CLIENT} as client_id, $2 as query
), hits as materialized (
    select a.id, a.audience, ts_rank(a.search, (select k.query from asked k)) as rank
    from public.tickets_article a
    where a.search @@ (select k.query from asked k) and a.state = 'published'
)
select h.id from hits h
where h.audience = 'clients' or (h.audience = 'chosen' and exists (
    select from public.tickets_articlereader r
    where r.client_id = (select k.client_id from asked k) and r.article_id = h.id))
order by h.rank desc, h.id desc limit $1
"""  # noqa: S608 - put together from the constants above


class Migration(migrations.Migration):
    dependencies = [("tickets", "0032_articles")]

    operations = [
        migrations.RunSQL(WALL, reverse_sql=migrations.RunSQL.noop),
        *TABLES,
        *sql.definer_reads("tickets_article"),
        *sql.definer_reads("tickets_articlereader"),
        *sql.definer_function(
            "articles_found", "most integer, query tsquery", "setof bigint", FOUND_FOR_CLIENT, ("client",)
        ),
    ]
