"""The order's state machine in the database; its history is append-only."""

from django.db import migrations

from apps.core.dbguards import append_only

# The same moves as rules.ALLOWED_MOVES.
MACHINE = """
CREATE FUNCTION orders_check_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status, NEW.status) NOT IN (
    ('CREATED', 'PAID'), ('CREATED', 'CANCELLED'),
    ('PAID', 'PROCESSING'), ('PAID', 'CANCELLED'),
    ('PROCESSING', 'SHIPPED'), ('PROCESSING', 'CANCELLED'),
    ('SHIPPED', 'DELIVERED'), ('SHIPPED', 'RETURNED'),
    ('DELIVERED', 'RETURNED')
  ) THEN
    RAISE EXCEPTION 'an order does not go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM orders_orderevent AS event
    WHERE event.order_id = NEW.id AND event.status = NEW.status
      AND event.seq = (SELECT max(seq) FROM orders_orderevent WHERE order_id = NEW.id)
  ) THEN
    RAISE EXCEPTION 'an order changes its status with an event only'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER order_moves BEFORE UPDATE OF status ON orders_order
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION orders_check_move();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("core", "0002_guards")]

    operations = [
        migrations.RunSQL(
            sql=MACHINE,
            reverse_sql="DROP TRIGGER order_moves ON orders_order; DROP FUNCTION orders_check_move();",
        ),
        append_only("orders_orderevent"),
    ]
