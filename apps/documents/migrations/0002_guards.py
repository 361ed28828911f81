"""A document is never changed; a file's row changes until the file is there; nothing is ever deleted."""

from django.db import migrations

from apps.core.dbguards import APPLICATION_ROLE, append_only

_CHANGING = (
    "key",
    "sha256",
    "size_bytes",
    "requested_at",
    "rendered_at",
    "failed_at",
    "failure",
)
_COLUMNS = ", ".join(f"'{column}'" for column in _CHANGING)
_TABLE = "documents_rendering"


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("core", "0002_guards")]

    operations = [
        append_only("documents_document"),
        migrations.RunSQL(
            sql=f"""
            CREATE FUNCTION {_TABLE}_until_there() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF OLD.key <> '' OR to_jsonb(OLD) - ARRAY[{_COLUMNS}] <> to_jsonb(NEW) - ARRAY[{_COLUMNS}]
              THEN
                RAISE EXCEPTION '% does not change once the file is there: % refused',
                  TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER {_TABLE}_until_there BEFORE UPDATE ON {_TABLE}
              FOR EACH ROW EXECUTE FUNCTION {_TABLE}_until_there();
            CREATE TRIGGER {_TABLE}_no_delete BEFORE DELETE ON {_TABLE}
              FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER {_TABLE}_no_truncate BEFORE TRUNCATE ON {_TABLE}
              FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
            DO $$ BEGIN
              IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
                REVOKE UPDATE, DELETE, TRUNCATE ON {_TABLE} FROM {APPLICATION_ROLE};
                GRANT UPDATE ({", ".join(_CHANGING)}) ON {_TABLE} TO {APPLICATION_ROLE};
              END IF;
            END $$;
            """,
            reverse_sql=f"""
            DROP TRIGGER {_TABLE}_until_there ON {_TABLE};
            DROP TRIGGER {_TABLE}_no_delete ON {_TABLE};
            DROP TRIGGER {_TABLE}_no_truncate ON {_TABLE};
            DROP FUNCTION {_TABLE}_until_there();
            DO $$ BEGIN
              IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
                GRANT UPDATE, DELETE ON {_TABLE} TO {APPLICATION_ROLE};
              END IF;
            END $$;
            """,
        ),
    ]
