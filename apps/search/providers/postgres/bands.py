"""Bands of documents by the sales of their products: what a frequent word is looked for in first.

A band is at most an hour old. That moves nobody but a product that has just come among the best sold of a
word which thousands have: it is not among the candidates until then.
"""

from itertools import batched

from django.db import connection

from apps.search.models import BANDS

# A word that so many documents have is read in bands; a smaller catalogue has none.
FREQUENT = 5_000
# Of all documents, from the best sold one on: the first band ends here, the second one there.
ENDS = (0.05, 0.25)
BATCH = 2_000

_MISPLACED = """
WITH ranked AS MATERIALIZED (
  SELECT product_id, band,
    row_number() OVER (ORDER BY sales_count DESC, rating_count DESC, product_id) AS place
  FROM search_searchdocument WHERE NOT is_removed),
fitting AS (
  SELECT product_id, band, CASE
      WHEN place <= documents * %(first)s THEN 0 WHEN place <= documents * %(second)s THEN 1 ELSE 2
    END AS new_band
  FROM ranked, (SELECT count(*) AS documents FROM ranked) AS counted
  WHERE documents >= %(least)s)
SELECT product_id, new_band FROM fitting WHERE band <> new_band
"""
# Who is being written at this moment waits for the next hour instead of anybody waiting for the other.
_MOVE = """
WITH moved AS (
  SELECT document.product_id, given.band
  FROM search_searchdocument AS document
  JOIN unnest(%(products)s::uuid[], %(bands)s::smallint[]) AS given (product_id, band)
    ON given.product_id = document.product_id
  FOR NO KEY UPDATE OF document SKIP LOCKED)
UPDATE search_searchdocument AS document SET band = moved.band
FROM moved WHERE document.product_id = moved.product_id
"""


def bands_of(document_counts: list[int], *, is_every_word: bool) -> tuple[int, ...]:
    """Return the bands to read one after the other for words that so many documents have; none if it cannot pay."""
    frequent = [count >= FREQUENT for count in document_counts]
    return BANDS if (all if is_every_word else any)(frequent) else ()


def refresh_bands() -> None:
    """Put each document into the band that the sales of its product have now; a batch is a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_MISPLACED, {"first": ENDS[0], "second": ENDS[1], "least": FREQUENT})
        for batch in batched(cursor.fetchall(), BATCH):
            products, bands = zip(*batch, strict=True)
            cursor.execute(_MOVE, {"products": list(products), "bands": list(bands)})
