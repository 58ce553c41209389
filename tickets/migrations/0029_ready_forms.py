"""The ten ready-made forms, as the portal comes with them (LIA-3). Staff may change them; that makes new versions."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from tickets.rules.readyforms import READY, columns_of

# When these words were written.
WRITTEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BY = "The portal"


def write(apps: Any, schema_editor: Any) -> None:
    form, version = (apps.get_model("tickets", name) for name in ("RequestForm", "FormVersion"))
    alias = schema_editor.connection.alias
    for place, one in enumerate(READY, 1):
        row = form.objects.using(alias).create(
            code=one.code, position=10 * place, ready=True, made_by=BY, made_at=WRITTEN
        )
        stamp = {"form": row, "number": 1, "made_by": BY, "made_at": WRITTEN}
        version.objects.using(alias).create(**stamp, **columns_of(one.form))


class Migration(migrations.Migration):
    dependencies = [("tickets", "0028_request_forms")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
