"""Returns and disputes in the database: their machines, numbers, and what is never changed."""

from django.db import migrations

from apps.core.dbguards import append_only

# The same moves as rules_returns.RETURN_MOVES and DISPUTE_MOVES.
MACHINES = """
CREATE FUNCTION orders_check_return_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (
    ('REQUESTED', 'APPROVED'), ('REQUESTED', 'REJECTED'), ('REQUESTED', 'CANCELLED'),
    ('APPROVED', 'IN_TRANSIT'), ('APPROVED', 'RECEIVED'), ('APPROVED', 'EXPIRED'),
    ('APPROVED', 'CANCELLED'),
    ('IN_TRANSIT', 'RECEIVED'), ('IN_TRANSIT', 'REJECTED'),
    ('RECEIVED', 'REFUNDED'), ('RECEIVED', 'REJECTED')
  ) THEN
    RAISE EXCEPTION 'a return does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER return_moves BEFORE UPDATE OF state ON orders_return
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
  EXECUTE FUNCTION orders_check_return_move();

CREATE FUNCTION orders_check_dispute_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (
    ('OPEN', 'SELLER_ANSWERED'), ('OPEN', 'IN_ARBITRATION'), ('OPEN', 'DECIDED'),
    ('OPEN', 'WITHDRAWN'),
    ('SELLER_ANSWERED', 'IN_ARBITRATION'), ('SELLER_ANSWERED', 'DECIDED'),
    ('SELLER_ANSWERED', 'WITHDRAWN'),
    ('IN_ARBITRATION', 'DECIDED'), ('IN_ARBITRATION', 'WITHDRAWN')
  ) THEN
    RAISE EXCEPTION 'a dispute does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER dispute_moves BEFORE UPDATE OF state ON orders_dispute
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
  EXECUTE FUNCTION orders_check_dispute_move();

-- A line of a return is looked at once.
CREATE FUNCTION orders_return_line_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.accepted_quantity IS NOT NULL OR NEW.quantity <> OLD.quantity
     OR NEW.line_id <> OLD.line_id OR NEW.return_case_id <> OLD.return_case_id THEN
    RAISE EXCEPTION 'a line of a return is looked at once'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER return_line_once BEFORE UPDATE ON orders_returnline
  FOR EACH ROW EXECUTE FUNCTION orders_return_line_once();

CREATE SEQUENCE return_number START 100001;
CREATE SEQUENCE dispute_number START 100001;
"""

UNDO = """
DROP SEQUENCE dispute_number;
DROP SEQUENCE return_number;
DROP TRIGGER return_line_once ON orders_returnline;
DROP TRIGGER dispute_moves ON orders_dispute;
DROP TRIGGER return_moves ON orders_return;
DROP FUNCTION orders_return_line_once();
DROP FUNCTION orders_check_dispute_move();
DROP FUNCTION orders_check_return_move();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_returns_and_disputes"), ("core", "0002_guards")]

    operations = [
        migrations.RunSQL(sql=MACHINES, reverse_sql=UNDO),
        append_only("orders_disputemessage"),
        append_only("orders_casephoto"),
    ]
