"""Migration operations that build the walls between clients in the database itself (DESIGN.md 3).

Every function returns operations for a migration's `operations` list. They go forward only: a wall is never taken down by a
migration that is undone.

    *client_table("tickets_message", client="select, insert", staff="select, insert", visible="client_visible"),
    *composite_key("tickets_message", "ticket_id", "tickets_ticket"),
"""

from collections.abc import Sequence

from django.db import migrations

from portal.tenancy.roles import Name, role

Operations = list[migrations.RunSQL]

OWN_ROWS = "{key} = nullif(current_setting('portal.client_id', true), '')::bigint"
SEES_EVERYTHING: tuple[Name, ...] = ("staff", "staff_plain", "retention", "sealer", "definer")


def _run(*statements: str) -> Operations:
    return [migrations.RunSQL(list(statements), reverse_sql=migrations.RunSQL.noop)] if statements else []


def first_rights() -> Operations:
    """Once, before every other operation: no function is anybody's unless it is granted."""
    return _run(
        f"alter default privileges for role {role('owner')} revoke execute on functions from public",
        f"grant select on django_migrations to {role('app')}",
    )


def client_table(
    table: str,
    *,
    client: str = "select",
    staff: str = "select, insert, update",
    plain: str = "",
    retention: str = "",
    sealer: str = "",
    definer: str = "",
    door: str = "",
    visible: str = "",
    key: str = "client_id",
    row: str = "id",
) -> Operations:
    """A client's rows: row security forced, one policy per role, and the rights named for each role.

    Rights are the words of GRANT ("select, insert, update (state)"); an empty word grants nothing. `plain` is for staff
    without a valid NDA: leave it empty on tables with content (CMP-6). `visible` is a condition that must hold as well before
    the client sees or writes the row, mostly a boolean column. `key` is the column with the client's id, `row` the primary
    key: both together are unique, so that other rows can point here with their client. Rows without a client are the
    supplier's: no client sees them.
    """
    own = OWN_ROWS.format(key=key) + (f" and {visible}" if visible else "")
    rights: dict[Name, str] = {
        "client": client, "staff": staff, "staff_plain": plain, "retention": retention,
        "sealer": sealer, "definer": definer, "app": door,
    }  # fmt: skip
    statements = [f"alter table {table} enable row level security", f"alter table {table} force row level security"]
    if key == "client_id":
        statements.append(f"alter table {table} add constraint {table}_of_client unique (client_id, {row})")
    statements.append(policy(table, "client", own))
    statements.append(policy(table, "staff", "true"))
    statements += [policy(table, name, "true") for name in SEES_EVERYTHING if name != "staff" and rights[name]]
    statements += [grant(table, name, words) for name, words in rights.items() if words]
    return _run(*statements)


def open_table(
    table: str,
    *,
    door: str = "",
    client: str = "",
    staff: str = "",
    plain: str = "",
    retention: str = "",
    sealer: str = "",
    definer: str = "",
) -> Operations:
    """A table of the supplier's, without rows of clients: only the rights named here, no row security."""
    rights: dict[Name, str] = {
        "app": door, "client": client, "staff": staff, "staff_plain": plain,
        "retention": retention, "sealer": sealer, "definer": definer,
    }  # fmt: skip
    return _run(*(grant(table, name, words) for name, words in rights.items() if words))


def door_table(table: str, rights: str, *, staff: str = "", plain: str = "", definer: str = "") -> Operations:
    """A table that the portal reads before it knows who asks; the closed list of these is tested in test_catalogue."""
    return open_table(table, door=rights, staff=staff, plain=plain, definer=definer)


def policy(table: str, name: Name, condition: str) -> str:
    """The statement that lets one role at the rows which meet a condition, for reading and for writing alike.

    One policy per role: an OR over several roles in one policy would keep PostgreSQL from using its indexes.
    """
    return f"create policy {name} on {table} to {role(name)} using ({condition}) with check ({condition})"


def grant(table: str, name: Name, rights: str) -> str:
    """The GRANT statement of one role on one table."""
    return f"grant {rights} on table {table} to {role(name)}"


def unique_key(table: str, *columns: str) -> Operations:
    """A unique key over more columns than (client_id, id), for a composite key that carries them to a child."""
    name = f"{table}_{'_'.join(columns)}_uniq"[:63]
    return _run(f"alter table {table} add constraint {name} unique ({', '.join(columns)})")


def composite_key(
    table: str,
    column: str,
    parent: str,
    *,
    carry: Sequence[tuple[str, str]] = (),
    on_update: str = "no action",
    on_delete: str = "no action",
    name: str = "",
    nullable_client: bool = False,
) -> Operations:
    """A foreign key that holds the client too, so that a row can never point at another client's row.

    `carry` adds pairs (column here, column of the parent): the child's value then always equals the parent's; the parent
    needs `unique_key` over client_id, id and those columns. Where this table's client may be null, `nullable_client` refuses
    a pointer in such a row, which the key itself would not check. Never deferrable: the error comes at its own statement.
    """
    here = ", ".join(["client_id", column, *(mine for mine, _ in carry)])
    there = ", ".join(["client_id", "id", *(theirs for _, theirs in carry)])
    name = name or f"{table}_{column}_same_client"[:63]
    points = f"foreign key ({here}) references {parent} ({there}) on update {on_update} on delete {on_delete}"
    statements = [f"alter table {table} add constraint {name} {points}"]
    if nullable_client:
        rule = f"check (client_id is not null or {column} is null)"
        statements.append(f"alter table {table} add constraint {table}_{column}_needs_client {rule}")
    return _run(*statements)


def definer_reads(table: str, *, secured: bool = True) -> Operations:
    """Let the functions of portal_definer read a table; `secured` when the table has row security."""
    statements = [grant(table, "definer", "select")]
    if secured:
        statements.append(policy(table, "definer", "true"))
    return _run(*statements)


def definer_function(
    name: str,
    args: str,
    returns: str,
    body: str,
    grants: Sequence[Name] = ("app",),
    *,
    language: str = "sql",
    volatility: str = "stable",
) -> Operations:
    """A SECURITY DEFINER function: the one way to an answer that the asking role may not read itself.

    It belongs to portal_definer, which reads only the tables of `definer_reads`: an owner's function would read nothing under
    forced row security. It is created as that role, so that a later migration may replace it. Every name in the body is
    qualified with its schema. Add the name to the list in test_catalogue.
    """
    types = ", ".join(" ".join(arg.split()[1:]) for arg in args.split(",")) if args.strip() else ""
    header = f"create or replace function public.{name}({args}) returns {returns} language {language} {volatility}"
    secure = "security definer set search_path = pg_catalog, public, pg_temp"
    who = ", ".join(role(each) for each in grants)
    return _run(
        f"grant create on schema public to {role('definer')}",
        f"set local role {role('definer')}",
        f"{header} {secure} as $body${body}$body$",
        f"revoke all on function public.{name}({types}) from public",
        f"grant execute on function public.{name}({types}) to {who}",
        "reset role",
        f"revoke create on schema public from {role('definer')}",
    )


def definer_trigger(name: str, table: str, moment: str, body: str, *, when: str = "") -> Operations:
    """A row trigger whose function may read what the writing role may not. `body` is PL/pgSQL from BEGIN to END.

    `moment` is for example "before insert or update of assignee_id". The function must not read the clock.
    """
    condition = f" when ({when})" if when else ""
    return [
        *definer_function(name, "", "trigger", body, ("owner",), language="plpgsql", volatility="volatile"),
        *_run(f"create trigger {name} {moment} on {table} for each row{condition} execute function public.{name}()"),
    ]
