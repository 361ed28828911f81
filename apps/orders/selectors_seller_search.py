"""What people look for among a shop's orders: a number, a recipient, goods.

Invariant: a word costs no more in a large shop, or a large market, than in a small one: numbers are
found by their index, names and goods among the shop's newest orders alone, each line by its order.
"""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from apps.catalog.selectors.shop_desk import offers_by_sku
from apps.orders.models import Order
from apps.sellers.models import SellerMember
from apps.sellers.types import Power

# Among how many of the newest orders names and goods are looked for.
NEWEST = 2_000
# An order's number, or its beginning; a parcel's has one more part.
_NUMBER = re.compile(r"(?:[KК]-?)?(\d+(?:-\d*)?)(-\d*)?", re.IGNORECASE)

# The inner selects are evaluated for one order after another: a join would read the lines of all shops.
_FOUND = r"""
WITH newest AS MATERIALIZED ({newest})
SELECT newest.id FROM newest
WHERE (
  SELECT 1 FROM orders_orderline line
  WHERE line.order_id = newest.id AND (
    line.offer_id = ANY(ARRAY({offers}))
    OR strpos(upper(concat_ws(E'\n', line.sku, line.titles->>'en', line.titles->>'ru',
                              line.titles->>'uz')), upper(%s)) > 0
  ) LIMIT 1
) IS NOT NULL
"""
_NAMED = """
OR strpos(upper(coalesce(newest.address, (
  SELECT placed.address FROM orders_ordergroup placed WHERE placed.id = newest.group_id
)) ->> 'recipient_name'), upper(%s)) > 0
"""


def mentioning(rows: QuerySet[Order], text: str, member: SellerMember) -> QuerySet[Order]:
    """Narrow a shop's orders to those that a text means: part of one statement, none of its own.

    An order's number from its beginning, a title or an article; the recipient where the role packs. A
    recipient is that of the order's own address where it was changed, else of its group's.
    """
    newest, values = _sql(rows.order_by("-id").values("id", "group_id", "address")[:NEWEST])
    offers, more = _sql(offers_by_sku(member.seller_id, text))
    statement = _FOUND.format(newest=newest, offers=offers)
    values += [*more, text]
    if member.may(Power.FULFIL_ORDERS):
        statement += _NAMED
        values.append(text)
    if number := _number_of(text):
        numbered, more = _sql(Order.objects.filter(number, seller_id=member.seller_id).values("id"))
        statement += f" UNION {numbered}"
        values += more
    return rows.filter(id__in=RawSQL(statement, values))  # noqa: S611  the words are parameters


def _sql(rows: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    statement, values = rows.query.sql_with_params()
    return statement, list(values)


def _number_of(text: str) -> Q | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    number, parcel = found.groups()
    return Q(number=f"K-{number}") if parcel else Q(number__startswith=f"K-{number}")
