"""Rights of the application's role; audit and seals are append-only."""

from django.db import migrations

from apps.core.dbguards import append_only, grant_application


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        grant_application(),
        append_only("core_auditentry"),
        append_only("core_seal"),
    ]
