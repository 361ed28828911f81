"""A payout moves along its table alone, keeps what it was made of, and is never deleted.

The table of moves is that of rules_payouts.MOVES, written out: a migration does not change with the code.
"""

from django.db import migrations

from apps.core.dbguards import APPLICATION_ROLE

MOVES = (
    "HELD>CREATED", "HELD>STOPPED",
    "CREATED>SENT_TRANSFER", "CREATED>UNKNOWN", "CREATED>STOPPED", "CREATED>FAILED",
    "UNKNOWN>SENT_TRANSFER", "UNKNOWN>IN_TRANSIT", "UNKNOWN>PAID", "UNKNOWN>RETURNING", "UNKNOWN>FAILED",
    "SENT_TRANSFER>IN_TRANSIT", "SENT_TRANSFER>UNKNOWN", "SENT_TRANSFER>PAID", "SENT_TRANSFER>RETURNING",
    "IN_TRANSIT>PAID", "IN_TRANSIT>RETURNING",
    "PAID>RETURNING",
    "RETURNING>FAILED",
)  # fmt: skip
_MOVES = ", ".join(f"'{move}'" for move in MOVES)
_FIXED = "'id', 'number', 'payee_id', 'account_id', 'currency', 'amount_minor', 'key', 'origin', 'requested_at'"

GUARDS = f"""
CREATE SEQUENCE payments_payout_number START 100001;

CREATE FUNCTION payments_payout_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state NOT IN ('HELD', 'CREATED') THEN
    RAISE EXCEPTION 'a payout begins as held or to be sent' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM payments_payoutaccount a WHERE a.id = NEW.account_id
                 AND a.payee_id = NEW.payee_id AND a.currency = NEW.currency
                 AND a.state = 'VERIFIED') THEN
    RAISE EXCEPTION 'a payout goes to a verified account of its payee in its currency'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payout_begins BEFORE INSERT ON payments_payout
  FOR EACH ROW EXECUTE FUNCTION payments_payout_begins();

CREATE FUNCTION payments_payout_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE fixed text;
BEGIN
  IF OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN ({_MOVES}) THEN
    RAISE EXCEPTION 'a payout does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  FOREACH fixed IN ARRAY ARRAY[{_FIXED}] LOOP
    IF to_jsonb(OLD) -> fixed <> to_jsonb(NEW) -> fixed THEN
      RAISE EXCEPTION 'the % of a payout never changes', fixed
        USING ERRCODE = 'insufficient_privilege';
    END IF;
  END LOOP;
  FOREACH fixed IN ARRAY ARRAY['provider_transfer_id', 'provider_payout_id', 'provider_reversal_id'] LOOP
    IF to_jsonb(OLD) ->> fixed NOT IN ('', to_jsonb(NEW) ->> fixed) THEN
      RAISE EXCEPTION 'the % of a payout is written once', fixed
        USING ERRCODE = 'insufficient_privilege';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER payout_moves BEFORE UPDATE ON payments_payout
  FOR EACH ROW EXECUTE FUNCTION payments_payout_moves();

-- A replaced account stays replaced; whose account it is never changes.
CREATE FUNCTION payments_payoutaccount_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> NEW.state AND (OLD.state = 'REPLACED' OR NEW.state = 'PENDING'
     OR (OLD.state = 'PENDING' AND NEW.state <> 'VERIFIED')) THEN
    RAISE EXCEPTION 'a payout account does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  IF (OLD.payee_id, OLD.currency, OLD.provider, OLD.opened_at)
     IS DISTINCT FROM (NEW.payee_id, NEW.currency, NEW.provider, NEW.opened_at)
     OR OLD.provider_account_id NOT IN ('', NEW.provider_account_id) THEN
    RAISE EXCEPTION 'whose account it is never changes' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payoutaccount_moves BEFORE UPDATE ON payments_payoutaccount
  FOR EACH ROW EXECUTE FUNCTION payments_payoutaccount_moves();
"""
UNDO = """
DROP TRIGGER payoutaccount_moves ON payments_payoutaccount;
DROP TRIGGER payout_moves ON payments_payout;
DROP TRIGGER payout_begins ON payments_payout;
DROP FUNCTION payments_payoutaccount_moves();
DROP FUNCTION payments_payout_moves();
DROP FUNCTION payments_payout_begins();
DROP SEQUENCE payments_payout_number;
"""


def kept(table: str) -> migrations.RunSQL:
    """Refuse DELETE and TRUNCATE of `table` to everybody."""
    return migrations.RunSQL(
        sql=f"""
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        DO $$ BEGIN
          IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
            REVOKE DELETE, TRUNCATE ON {table} FROM {APPLICATION_ROLE};
          END IF;
        END $$;
        """,
        reverse_sql=f"""
        DROP TRIGGER {table}_no_delete ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_payouts")]

    operations = [
        migrations.RunSQL(sql=GUARDS, reverse_sql=UNDO),
        kept("payments_payout"),
        kept("payments_payoutaccount"),
    ]
