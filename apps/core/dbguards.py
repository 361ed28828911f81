"""SQL for migrations: rights of the application's role, append-only tables.

Migrations run as the owner; the application's role gets SELECT, INSERT, UPDATE, DELETE on ordinary
tables and SELECT, INSERT on append-only ones, where triggers refuse the owner too.
"""

from django.db import migrations

APPLICATION_ROLE = "karvon_app"


def grant_application() -> migrations.RunSQL:
    """Give the application its rights on all tables, present and to come, of the owner."""
    return migrations.RunSQL(
        sql=f"""
        DO $$ BEGIN
          IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
            GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION_ROLE};
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION_ROLE};
            ALTER DEFAULT PRIVILEGES IN SCHEMA public
              GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION_ROLE};
            ALTER DEFAULT PRIVILEGES IN SCHEMA public
              GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION_ROLE};
          END IF;
        END $$;
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'insufficient_privilege';
        END $$;
        """,
        reverse_sql="DROP FUNCTION IF EXISTS refuse_change() CASCADE;",
    )


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE of `table` to everybody."""
    return migrations.RunSQL(
        sql=f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        DO $$ BEGIN
          IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APPLICATION_ROLE};
            -- MAINTAIN lets the sealer wait for writers (LOCK TABLE ... IN SHARE MODE).
            GRANT MAINTAIN ON {table} TO {APPLICATION_ROLE};
          END IF;
        END $$;
        """,
        reverse_sql=f"""
        DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        """,
    )
