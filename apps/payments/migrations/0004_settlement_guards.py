"""A settlement and a hold change once, in one column each, and are never deleted."""

from django.db import migrations

from apps.core.dbguards import APPLICATION_ROLE


def changes_once(table: str, *, before: str, changing: tuple[str, ...]) -> migrations.RunSQL:
    """Let rows of `table` for which `before` holds change in `changing` alone; refuse all else."""
    columns = ", ".join(f"'{column}'" for column in changing)
    return migrations.RunSQL(
        sql=f"""
        CREATE FUNCTION {table}_changes_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NOT ({before}) OR to_jsonb(OLD) - ARRAY[{columns}] <> to_jsonb(NEW) - ARRAY[{columns}]
          THEN
            RAISE EXCEPTION '% changes once: % refused', TG_TABLE_NAME, TG_OP
              USING ERRCODE = 'insufficient_privilege';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_once BEFORE UPDATE ON {table}
          FOR EACH ROW EXECUTE FUNCTION {table}_changes_once();
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        DO $$ BEGIN
          IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APPLICATION_ROLE};
            GRANT UPDATE ({", ".join(changing)}) ON {table} TO {APPLICATION_ROLE};
          END IF;
        END $$;
        """,
        reverse_sql=f"""
        DROP TRIGGER {table}_once ON {table};
        DROP TRIGGER {table}_no_delete ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        DROP FUNCTION {table}_changes_once();
        DO $$ BEGIN
          IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
            GRANT UPDATE, DELETE ON {table} TO {APPLICATION_ROLE};
          END IF;
        END $$;
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_settlements")]

    operations = [
        changes_once(
            "payments_settlement",
            before="OLD.state = 'PENDING' AND NEW.state = 'AVAILABLE'",
            changing=("state", "made_available_at"),
        ),
        changes_once(
            "payments_escrowhold",
            before="OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL",
            changing=("lifted_at",),
        ),
    ]
