"""The parcel's state machine in the database; its way and its contents are append-only."""

from django.db import migrations

from apps.core.dbguards import append_only

# The same moves as rules.ALLOWED_MOVES.
MACHINE = """
CREATE FUNCTION logistics_check_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status, NEW.status) NOT IN (
    ('CREATED', 'ACCEPTED'), ('CREATED', 'CANCELLED'),
    ('ACCEPTED', 'IN_TRANSIT'), ('ACCEPTED', 'OUT_FOR_DELIVERY'), ('ACCEPTED', 'RETURNING'),
    ('ACCEPTED', 'LOST'),
    ('IN_TRANSIT', 'READY_FOR_PICKUP'), ('IN_TRANSIT', 'RETURNING'), ('IN_TRANSIT', 'LOST'),
    ('OUT_FOR_DELIVERY', 'DELIVERED'), ('OUT_FOR_DELIVERY', 'ACCEPTED'),
    ('OUT_FOR_DELIVERY', 'RETURNING'), ('OUT_FOR_DELIVERY', 'LOST'),
    ('READY_FOR_PICKUP', 'DELIVERED'), ('READY_FOR_PICKUP', 'RETURNING'),
    ('READY_FOR_PICKUP', 'LOST'),
    ('RETURNING', 'RETURNED'), ('RETURNING', 'LOST')
  ) THEN
    RAISE EXCEPTION 'a shipment does not go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM logistics_trackingevent AS event
    WHERE event.shipment_id = NEW.id AND event.status = NEW.status
      AND event.seq = (SELECT max(seq) FROM logistics_trackingevent WHERE shipment_id = NEW.id)
  ) THEN
    RAISE EXCEPTION 'a shipment changes its status with a tracking event only'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER shipment_moves BEFORE UPDATE OF status ON logistics_shipment
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION logistics_check_move();
"""


class Migration(migrations.Migration):
    dependencies = [("logistics", "0002_shipments"), ("core", "0002_guards")]

    operations = [
        migrations.RunSQL(
            sql=MACHINE,
            reverse_sql=(
                "DROP TRIGGER shipment_moves ON logistics_shipment;"
                " DROP FUNCTION logistics_check_move();"
            ),
        ),
        append_only("logistics_trackingevent"),
        append_only("logistics_shipmentitem"),
    ]
