"""The ledger's guards: zero sum, stored balances by trigger, append-only, no write to balances."""

from django.db import migrations

from apps.core.dbguards import APPLICATION_ROLE, append_only

LEDGER = f"""
-- A posting is in the currency of its account.
ALTER TABLE payments_ledgeraccount ADD CONSTRAINT ledger_account_currency UNIQUE (id, currency);
ALTER TABLE payments_posting ADD CONSTRAINT posting_account_currency
  FOREIGN KEY (account_id, currency) REFERENCES payments_ledgeraccount (id, currency);

-- Bounded accounts keep a balance; it moves with their postings and by nothing else. The function
-- runs as the owner, because the application may not update balances.
CREATE FUNCTION ledger_apply_posting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  UPDATE payments_ledgeraccount SET balance_minor = balance_minor + NEW.amount_minor
  WHERE id = NEW.account_id AND min_balance_minor IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER posting_moves_balance AFTER INSERT ON payments_posting
  FOR EACH ROW EXECUTE FUNCTION ledger_apply_posting();

-- An account starts empty.
CREATE FUNCTION ledger_account_starts_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.balance_minor <> 0 THEN
    RAISE EXCEPTION 'a ledger account starts at zero' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_empty BEFORE INSERT ON payments_ledgeraccount
  FOR EACH ROW EXECUTE FUNCTION ledger_account_starts_empty();

-- At commit every entry has at least two postings and sums to zero in each currency.
CREATE FUNCTION ledger_check_entry(checked bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM payments_posting WHERE entry_id = checked) < 2 THEN
    RAISE EXCEPTION 'journal entry % has fewer than two postings', checked
      USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM payments_posting WHERE entry_id = checked
             GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
    RAISE EXCEPTION 'journal entry % does not sum to zero', checked
      USING ERRCODE = 'check_violation';
  END IF;
END $$;
CREATE FUNCTION ledger_check_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM ledger_check_entry(NEW.entry_id); RETURN NULL; END $$;
CREATE FUNCTION ledger_check_new_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM ledger_check_entry(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON payments_posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_posting();
CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON payments_journalentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_new_entry();

DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON payments_ledgeraccount FROM {APPLICATION_ROLE};
    -- The one column lets the application lock the row (SELECT ... FOR UPDATE).
    GRANT UPDATE (touched_at) ON payments_ledgeraccount TO {APPLICATION_ROLE};
  END IF;
END $$;
"""

UNDO = """
DROP TRIGGER entry_balances ON payments_journalentry;
DROP TRIGGER posting_balances ON payments_posting;
DROP TRIGGER posting_moves_balance ON payments_posting;
DROP TRIGGER ledger_account_empty ON payments_ledgeraccount;
DROP FUNCTION ledger_check_new_entry();
DROP FUNCTION ledger_check_posting();
DROP FUNCTION ledger_check_entry(bigint);
DROP FUNCTION ledger_apply_posting();
DROP FUNCTION ledger_account_starts_empty();
ALTER TABLE payments_posting DROP CONSTRAINT posting_account_currency;
ALTER TABLE payments_ledgeraccount DROP CONSTRAINT ledger_account_currency;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("core", "0002_guards")]

    operations = [
        migrations.RunSQL(sql=LEDGER, reverse_sql=UNDO),
        append_only("payments_journalentry"),
        append_only("payments_posting"),
        append_only("payments_paymentevent"),
    ]
