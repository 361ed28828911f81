"""What people look for among a shop's orders: a number, a recipient, goods.

Invariant: a word costs no more in a large shop than in a small one: numbers are found by their index,
names and goods among the shop's newest orders alone.
"""

import re
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.catalog.selectors.shop_desk import offers_by_sku
from apps.orders.models import Order, OrderLine
from apps.sellers.models import SellerMember
from apps.sellers.types import Power

# Among how many of the newest orders names and goods are looked for.
NEWEST = 5_000
LANGUAGES = ("en", "ru", "uz")
# An order's number, or its beginning; a parcel's has one more part.
_NUMBER = re.compile(r"(?:[KК]-?)?(\d+(?:-\d*)?)(-\d*)?", re.IGNORECASE)


def mentioning(rows: QuerySet[Order], text: str, member: SellerMember) -> QuerySet[Order]:
    """Narrow a shop's orders to those that a text means: part of one statement, none of its own.

    An order's number from its beginning, a title or an article; the recipient where the role packs.
    """
    newest = rows.order_by("-id").values_list("id", flat=True)[:NEWEST]
    found = _with_goods(newest, text, member.seller_id)
    if member.may(Power.FULFIL_ORDERS):
        found = found.union(
            Order.objects.filter(_to(text), id__in=newest).values_list("id", flat=True)
        )
    if number := _number_of(text):
        found = found.union(Order.objects.filter(number).values_list("id", flat=True))
    return rows.filter(id__in=found)


def _with_goods(
    newest: QuerySet[Order, UUID], text: str, seller_id: UUID
) -> QuerySet[OrderLine, UUID]:
    named = Q(sku__icontains=text) | Q(offer_id__in=offers_by_sku(seller_id, text))
    for language in LANGUAGES:
        named |= Q(**{f"titles__{language}__icontains": text})
    lines = OrderLine.objects.filter(named, order_id__in=newest)
    return lines.values_list("order_id", flat=True)


def _to(text: str) -> Q:
    """An order goes to its own address where that was changed, else to its group's."""
    return Q(address__recipient_name__icontains=text) | Q(
        address__isnull=True, group__address__recipient_name__icontains=text
    )


def _number_of(text: str) -> Q | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    number, parcel = found.groups()
    return Q(number=f"K-{number}") if parcel else Q(number__startswith=f"K-{number}")
