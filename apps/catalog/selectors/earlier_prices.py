"""What a price was before: the lowest of the 30 days before the present price began.

A struck price says what was asked; this says whether it was asked all the time. The present price does not count
among those before it, and days that pass do not change the answer (Directive 98/6/EC, article 6a).
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from apps.core.sql import prepared_cursor

LOWEST_WINDOW = timedelta(days=30)

# Of one offer, in its currency's minor units; null where nothing was asked before.
LOWEST_BEFORE_OF_OFFER = f"""
SELECT min(before.price_minor) FROM catalog_offerprice AS present
JOIN catalog_offerprice AS before ON before.offer_id = present.offer_id
  AND before.min_quantity = 1 AND NOT upper_inf(before.valid)
  AND upper(before.valid) > lower(present.valid) - interval '{LOWEST_WINDOW.days} days'
WHERE present.offer_id = {{offer}} AND present.min_quantity = 1 AND upper_inf(present.valid)
"""  # noqa: S608  our own fragment

_LOWEST = f"""
SELECT wanted.id, lowest.minor FROM unnest(%(offers)s::uuid[]) AS wanted (id)
CROSS JOIN LATERAL ({LOWEST_BEFORE_OF_OFFER.format(offer="wanted.id")}) AS lowest (minor)
WHERE lowest.minor IS NOT NULL
"""  # noqa: S608  our own fragments


def lowest_prices(offer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Map offers to the lowest price (minor units) of the 30 days before theirs began; without those that had none."""
    with prepared_cursor() as cursor:
        cursor.execute(_LOWEST, {"offers": list(offer_ids)})
        return dict(cursor.fetchall())
