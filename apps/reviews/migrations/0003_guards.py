"""A review's moves in the database, and what must be true of each status."""

import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

# The same moves as rules.ALLOWED_MOVES.
MACHINE = """
CREATE FUNCTION reviews_check_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status, NEW.status) NOT IN (
    ('IN_MODERATION', 'PUBLISHED'), ('IN_MODERATION', 'REJECTED'), ('IN_MODERATION', 'DELETED'),
    ('PUBLISHED', 'IN_MODERATION'), ('PUBLISHED', 'REJECTED'), ('PUBLISHED', 'DELETED'),
    ('REJECTED', 'IN_MODERATION'), ('REJECTED', 'PUBLISHED'), ('REJECTED', 'DELETED')
  ) THEN
    RAISE EXCEPTION 'a review does not go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER review_moves BEFORE UPDATE OF status ON reviews_review
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION reviews_check_move();
"""
# Reviews that came with a catalogue were bought elsewhere: only an order line gives the mark.
EARLIER = """
UPDATE reviews_review SET is_verified_purchase = false WHERE is_verified_purchase AND line_id IS NULL;
UPDATE reviews_review SET reject_reason = 'OFF_TOPIC', rejected_at = created_at
  WHERE status = 'REJECTED' AND reject_reason = '';
UPDATE reviews_review SET published_at = created_at WHERE status = 'PUBLISHED' AND published_at IS NULL;
UPDATE reviews_review SET submitted_at = created_at
  WHERE status = 'IN_MODERATION' AND submitted_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_reviews_by_buyers")]

    operations = [
        migrations.RunSQL(sql=EARLIER, reverse_sql=migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("text"), 5000
                ),
                name="review_text_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_verified_purchase", False),
                    models.Q(
                        ("author__isnull", False),
                        ("line__isnull", False),
                        ("seller__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="review_verified_by_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "REJECTED"), models.Q(("reject_reason", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("status", "REJECTED"), _negated=True), ("reject_reason", "")
                    ),
                    _connector="OR",
                ),
                name="review_rejected_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deleted_at__isnull", False), ("status", "DELETED")),
                    models.Q(models.Q(("status", "DELETED"), _negated=True), ("deleted_at", None)),
                    _connector="OR",
                ),
                name="review_deleted_at",
            ),
        ),
        migrations.RunSQL(
            sql=MACHINE,
            reverse_sql="DROP TRIGGER review_moves ON reviews_review;"
            " DROP FUNCTION reviews_check_move();",
        ),
    ]
