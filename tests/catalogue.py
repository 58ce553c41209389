"""What PostgreSQL's own catalogue says about the walls: every function here returns sentences, one for each fault."""

from typing import Any

from django.conf import settings

from portal.tenancy.roles import WITHOUT_LOGIN, role

# The closed lists. A new entry is a decision: say in the commit why nothing narrower does.
DOOR = {
    "account_emailaddress": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "django_migrations": {"SELECT"},
    "django_session": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "mfa_authenticator": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "portal_address": {"SELECT", "UPDATE"},
    "portal_auditevent": {"INSERT"},
    "portal_auditpayload": {"INSERT"},
    "portal_clausetext": {"SELECT"},
    "portal_idempotency": {"SELECT", "INSERT"},
    "portal_invitation": {"SELECT", "UPDATE"},
    "portal_loginattempt": {"SELECT", "INSERT"},
    # The sign-in page shows the supplier's logo.
    "portal_logo": {"SELECT"},
    "portal_outbox": {"INSERT"},
    "portal_product": {"SELECT"},
    "portal_ratecard": {"SELECT"},
    "portal_supplier": {"SELECT"},
    "portal_sweeprun": {"SELECT"},
    "portal_terms": {"SELECT"},
    "portal_termsfeedback": {"INSERT", "SELECT (at)", "SELECT (id)", "SELECT (source)"},
    "portal_user": {"SELECT", "UPDATE"},
    "portal_verificationrecord": {"SELECT"},
    "portal_workingcalendar": {"SELECT"},
    "usersessions_usersession": {"SELECT", "INSERT", "UPDATE", "DELETE"},
}
DEFINER_FUNCTIONS = {
    "articles_found",
    "contract_day",
    "demo_reset",
    "door_clients",
    "door_membership",
    "door_staff",
    "door_token",
    "notice_people",
    "portal_closed_demo_stays_closed",
    "portal_member_is_no_staff",
    "portal_real_person_closes_demo",
    "portal_staff_is_no_member",
    "search_own",
    "search_own_newest",
    "staff_nda_valid",
    "tickets_acc5_access_allowed",
    "tickets_acc6_change_allowed",
    "tickets_cmp6_nda_needed",
    "tickets_hlp10_case_ends",
    "tickets_hlp10_needs_case",
    "tickets_lia3_manager_vouches",
    "tickets_ods4_manager_decides",
    "tickets_ods4_manager_names",
    "tickets_ods7_task_in_order",
    "tickets_hlp8_answer_stands",
    "tickets_tallied",
}
# Columns that name a row of any table, and are evidence rather than a key.
NO_KEYS = {
    "portal_alarm.subject_id",
    "portal_approval.subject_id",
    "portal_auditevent.actor_user_id",
    "portal_auditevent.subject_id",
    "portal_outbox.about_id",
}
# What staff without a valid NDA may still do where content lives: leave a trace of their own acts, and no more (CMP-6).
PLAIN_ON_CONTENT = {"portal_auditpayload": {"INSERT"}, "portal_outbox": {"INSERT", "SELECT (id)"}}
CONTENT = (
    "tickets_",
    "compliance_",
    "portal_document",
    "portal_auditpayload",
    "portal_outbox",
    "portal_nda",
    "portal_keptanswer",
)
CLOCKS = ("now()", "current_timestamp", "current_date", "clock_timestamp", "statement_timestamp", "localtimestamp")

CLIENT_TABLES = """
    select c.oid, c.relname::text from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'client_id' and a.atttypid = 'bigint'::regtype
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not a.attisdropped
"""
OF_EXTENSIONS = "select objid from pg_depend where deptype = 'e'"


def every_fault(cursor: Any) -> list[str]:
    checks = (
        unsecured, without_policy, without_key, crossing_keys, loose_columns, views, definer_functions, public_functions,
        strong_roles, foreign_owners, wrong_rights, checks_at_the_wrong_time, clock_readers,
    )  # fmt: skip
    return [fault for check in checks for fault in check(cursor)]


def ask(cursor: Any, query: str, *values: Any) -> list[tuple[Any, ...]]:
    cursor.execute(query, values or None)
    return list(cursor.fetchall())


def unsecured(cursor: Any) -> list[str]:
    query = f"select relname from pg_class where oid in (select oid from ({CLIENT_TABLES}) t)"
    bare = ask(cursor, f"{query} and not (relrowsecurity and relforcerowsecurity)")
    return [f"{table}: row security is not enabled and forced" for (table,) in bare]


def without_policy(cursor: Any) -> list[str]:
    query = f"""
        select t.relname, r.rolname from ({CLIENT_TABLES}) t cross join pg_roles r
        where r.rolname = any(%s) and not exists (
            select from pg_policy p where p.polrelid = t.oid and r.oid = any(p.polroles))
    """
    return [f"{table}: no policy for {name}" for table, name in ask(cursor, query, [role("client"), role("staff")])]


def without_key(cursor: Any) -> list[str]:
    query = f"""
        select t.relname from ({CLIENT_TABLES}) t
        join pg_constraint pk on pk.conrelid = t.oid and pk.contype = 'p'
        join pg_attribute a on a.attrelid = t.oid and a.attname = 'client_id'
        where not exists (
            select from pg_constraint u where u.conrelid = t.oid and u.contype = 'u'
            and u.conkey @> (pk.conkey || a.attnum) and cardinality(u.conkey) = 2)
    """
    return [f"{table}: no unique key of client_id and its primary key" for (table,) in ask(cursor, query)]


def crossing_keys(cursor: Any) -> list[str]:
    """A plain key is fine only beside one over the same column that holds the client too."""
    query = f"""
        select t.relname, a.attname, p.relname from ({CLIENT_TABLES}) t
        join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
        join ({CLIENT_TABLES}) p on p.oid = k.confrelid
        join pg_attribute a on a.attrelid = t.oid and a.attnum = any(k.conkey) and a.attname <> 'client_id'
        where not exists (
            select from pg_constraint s
            join pg_attribute c on c.attrelid = t.oid and c.attname = 'client_id' and c.attnum = any(s.conkey)
            where s.conrelid = t.oid and s.contype = 'f' and s.confrelid = p.oid and a.attnum = any(s.conkey))
    """
    return [f"{table}.{column}: may point across clients to {parent}" for table, column, parent in ask(cursor, query)]


def loose_columns(cursor: Any) -> list[str]:
    query = f"""
        select t.relname || '.' || a.attname from ({CLIENT_TABLES}) t
        join pg_attribute a on a.attrelid = t.oid and a.attname like '%%\\_id' and a.atttypid = 'bigint'::regtype
            and not a.attisdropped
        where not exists (select from pg_constraint k where k.conrelid = t.oid and k.contype = 'f' and a.attnum = any(k.conkey))
        order by 1
    """
    return [
        f"{name}: looks like a key and is none"
        for (name,) in ask(cursor, query.replace("%%", "%"))
        if name not in NO_KEYS
    ]


def views(cursor: Any) -> list[str]:
    query = """
        select relname, relkind from pg_class where relnamespace = 'public'::regnamespace
        and (relkind = 'm' or relkind = 'v' and not coalesce(reloptions @> '{security_invoker=true}', false))
    """
    return [f"{name}: a view that reads with its owner's rights" for name, _ in ask(cursor, query)]


def definer_functions(cursor: Any) -> list[str]:
    query = f"""
        select proname::text, pg_get_userbyid(proowner)::text, coalesce(array_to_string(proconfig, ';'), '')
        from pg_proc where prosecdef and pronamespace = 'public'::regnamespace and oid not in ({OF_EXTENSIONS})
    """
    faults = []
    for name, owner, config in ask(cursor, query):
        if name not in DEFINER_FUNCTIONS:
            faults.append(f"{name}: a definer function that is not on the list")
        if owner != role("definer"):
            faults.append(f"{name}: belongs to {owner}")
        if config != "search_path=pg_catalog, public, pg_temp":
            faults.append(f"{name}: its search path is {config or 'the caller’s'}")
    return faults


def public_functions(cursor: Any) -> list[str]:
    query = f"""
        select proname from pg_proc where pronamespace = 'public'::regnamespace and oid not in ({OF_EXTENSIONS})
        and exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0)
    """
    return [f"{name}: anybody may run it" for (name,) in ask(cursor, query)]


def strong_roles(cursor: Any) -> list[str]:
    query = """
        select rolname from pg_roles where rolname = any(%s)
        and (rolsuper or rolbypassrls or rolcreaterole or rolreplication or rolinherit or (rolcreatedb and rolname <> %s))
    """
    names = [role("app"), role("owner"), *(role(name) for name in WITHOUT_LOGIN)]
    return [
        f"{name}: has rights that no role of the portal needs" for (name,) in ask(cursor, query, names, role("owner"))
    ]


def foreign_owners(cursor: Any) -> list[str]:
    query = f"""
        select relname, pg_get_userbyid(relowner) from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S') and oid not in ({OF_EXTENSIONS})
        and pg_get_userbyid(relowner) <> %s
    """
    return [f"{name}: belongs to {owner}" for name, owner in ask(cursor, query, role("owner"))]


def rights(cursor: Any, grantee: str) -> dict[str, set[str]]:
    """What one role may do with which table; rights on single columns are written "SELECT (id)"."""
    query = """
        select c.relname::text, x.privilege_type from pg_class c, aclexplode(c.relacl) x
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
          and x.grantee = (select coalesce((select oid from pg_roles where rolname = %s), 0))
        union all
        select c.relname::text, x.privilege_type || ' (' || a.attname || ')'
        from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) x
        where c.relnamespace = 'public'::regnamespace
          and x.grantee = (select coalesce((select oid from pg_roles where rolname = %s), 0))
    """
    held: dict[str, set[str]] = {}
    for table, right in ask(cursor, query, grantee, grantee):
        held.setdefault(table, set()).add(right)
    return held


def wrong_rights(cursor: Any) -> list[str]:
    faults = [f"{table}: granted to everybody" for table in rights(cursor, "no such role means public")]
    for table, held in rights(cursor, role("app")).items():
        extra = held - DOOR.get(table, set())
        faults += [f"{table}: {right} at the door" for right in sorted(extra)]
    for table, held in rights(cursor, role("staff_plain")).items():
        extra = held - PLAIN_ON_CONTENT.get(table, set()) if table.startswith(CONTENT) else set()
        faults += [f"{table}: {right} without an NDA" for right in sorted(extra)]
    return faults


def checks_at_the_wrong_time(cursor: Any) -> list[str]:
    query = """
        select conrelid::regclass::text, conname from pg_constraint
        where connamespace = 'public'::regnamespace and condeferrable and not condeferred
    """
    return [f"{table}: {name} is deferrable, but not deferred" for table, name in ask(cursor, query)]


def clock_readers(cursor: Any) -> list[str]:
    query = f"""
        select conname::text, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
        union all
        select proname::text, prosrc from pg_proc
        where pronamespace = 'public'::regnamespace and prolang in (select oid from pg_language where lanname in ('sql', 'plpgsql'))
          and oid not in ({OF_EXTENSIONS})
    """
    readers = [(name, word) for name, text in ask(cursor, query) for word in CLOCKS if word in text.lower()]
    return [f"{name}: reads the clock ({word})" for name, word in readers]


def owner_session(name: str) -> dict[str, Any]:
    """How to connect as the owner, for planting faults in a transaction that is rolled back."""
    owner = settings.DATABASES["owner"]
    return {
        "host": owner["HOST"], "port": owner["PORT"], "user": owner["USER"], "password": owner["PASSWORD"], "dbname": name,
    }  # fmt: skip
