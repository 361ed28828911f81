"""A chargeback is of one payment for ever, ends once, and is never deleted; its parts never change."""

from importlib import import_module

from django.db import migrations

from apps.core.dbguards import append_only

kept = import_module("apps.payments.migrations.0009_payout_guards").kept

_FIXED = (
    "'id', 'payment_id', 'provider', 'provider_chargeback_id', 'bearer', 'currency', 'opened_at'"
)
_ONCE = "'withdrawn_at', 'answer_sent_at', 'under_review_at', 'closed_at', 'reinstated_at', 'settled_at'"

GUARDS = f"""
CREATE FUNCTION payments_chargeback_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE fixed text;
BEGIN
  IF OLD.state <> NEW.state AND (OLD.state IN ('WON', 'LOST') OR NEW.state = 'NEEDS_RESPONSE') THEN
    RAISE EXCEPTION 'a chargeback does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  FOREACH fixed IN ARRAY ARRAY[{_FIXED}] LOOP
    IF to_jsonb(OLD) -> fixed <> to_jsonb(NEW) -> fixed THEN
      RAISE EXCEPTION 'the % of a chargeback never changes', fixed
        USING ERRCODE = 'insufficient_privilege';
    END IF;
  END LOOP;
  FOREACH fixed IN ARRAY ARRAY[{_ONCE}] LOOP
    IF to_jsonb(OLD) ->> fixed IS NOT NULL
       AND to_jsonb(OLD) ->> fixed IS DISTINCT FROM to_jsonb(NEW) ->> fixed THEN
      RAISE EXCEPTION 'the % of a chargeback is written once', fixed
        USING ERRCODE = 'insufficient_privilege';
    END IF;
  END LOOP;
  IF OLD.withdrawn_at IS NOT NULL AND OLD.amount_minor <> NEW.amount_minor
     OR OLD.settled_at IS NOT NULL AND OLD.fee_minor <> NEW.fee_minor THEN
    RAISE EXCEPTION 'the money of a chargeback is booked' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER chargeback_moves BEFORE UPDATE ON payments_chargeback
  FOR EACH ROW EXECUTE FUNCTION payments_chargeback_moves();
"""
UNDO = """
DROP TRIGGER chargeback_moves ON payments_chargeback;
DROP FUNCTION payments_chargeback_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0014_chargebacks")]

    operations = [
        migrations.RunSQL(sql=GUARDS, reverse_sql=UNDO),
        kept("payments_chargeback"),
        append_only("payments_chargebackpart"),
    ]
