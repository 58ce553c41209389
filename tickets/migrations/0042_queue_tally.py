"""The numbers of the queue, moved with each change of a ticket: counting twenty thousand open ones took a page three milliseconds."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql
from portal.tenancy.roles import role

# Below 4 a ticket is open, in 1 its clock runs (tickets.rules.states.Group).
QUARTER = "case when {0}queue_group = 1 then date_bin('15 minutes', {0}queue_at, '2000-01-01 00:00+00') end"
ADD = "insert into public.tickets_queuetally (queue_group, assignee_id, due_quarter, number)"
TALLIED = f"""
begin
    if tg_op <> 'INSERT' and old.queue_group < 4 then
        {ADD} values (old.queue_group, old.assignee_id, {QUARTER.format("old.")}, -1);
    end if;
    if tg_op <> 'DELETE' and new.queue_group < 4 then
        {ADD} values (new.queue_group, new.assignee_id, {QUARTER.format("new.")}, 1);
    end if;
    return null;
end
"""
MOVED = """old.queue_group is distinct from new.queue_group or old.assignee_id is distinct from new.assignee_id
    or new.queue_group = 1 and old.queue_at is distinct from new.queue_at"""
TRIGGER = (
    "create trigger {} after {} on tickets_ticket for each row when ({}) execute function public.tickets_tallied()"
)
COUNT = f"select queue_group, assignee_id, {QUARTER.format('')}, count(*) from tickets_ticket"  # noqa: S608 - our own words
FIRST = f"{ADD} {COUNT} where queue_group < 4 group by 1, 2, 3"


class Migration(migrations.Migration):
    dependencies = [("portal", "0040_door_address"), ("tickets", "0041_open_of_whom")]

    operations = [
        migrations.CreateModel(
            name="QueueTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("queue_group", models.PositiveSmallIntegerField()),
                ("due_quarter", models.DateTimeField(null=True)),
                ("number", models.IntegerField()),
                (
                    "assignee",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="portal.staff",
                    ),
                ),
            ],
        ),
        *sql.open_table("tickets_queuetally", staff="select, insert, delete", definer="insert"),
        *sql.definer_function(
            "tickets_tallied", "", "trigger", TALLIED, ("owner",), language="plpgsql", volatility="volatile"
        ),
        migrations.RunSQL(
            [
                TRIGGER.format("tickets_tally_new", "insert", "new.queue_group < 4"),
                TRIGGER.format("tickets_tally_moved", "update of queue_group, assignee_id, queue_at", MOVED),
                TRIGGER.format("tickets_tally_gone", "delete", "old.queue_group < 4"),
                # The owner sees no client's rows.
                f"set local role {role('staff')}",
                FIRST,
                "reset role",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex(model_name="ticket", name="tickets_tally"),
    ]
