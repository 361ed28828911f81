"""Prices and counts of many offers in one request: each row is answered for itself."""

import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.models import StockMovement
from apps.catalog.selectors.shop_desk import items_of_offers
from apps.catalog.services import shop
from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import SignedIn
from apps.core.api.schema import described
from apps.core.api.views import ApiView
from apps.core.errors import Busy, DomainError, NotFound
from apps.core.money import Money
from apps.seller_centre.api.card_serializers import BulkIn, BulkOut
from apps.sellers.selectors import get_membership


class BulkOffersView(ApiView):
    permission_classes = [SignedIn]

    @described(
        "Set prices and counts of many offers; each row is done or refused by itself",
        body=BulkIn,
        answer=BulkOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request) -> Response:
        given = self.read(BulkIn)
        member = get_membership(self.viewer, given["seller_id"])
        currency = member.seller.currency

        def work() -> tuple[int, Any]:
            rows = given["rows"]
            items = items_of_offers(member, [row["offer_id"] for row in rows])
            answers: dict[int, dict[str, Any]] = {}
            # In one order whoever sends them, so that two requests never wait for each other.
            for place in sorted(range(len(rows)), key=lambda at: str(rows[at]["offer_id"])):
                answers[place] = self._row(rows[place], items, currency)
            return 200, BulkOut.of({"results": [answers[at] for at in range(len(rows))]})

        return run_once(request, viewer=self.viewer, route="seller.offers.bulk", work=work)

    def _row(self, row: dict[str, Any], items: dict[UUID, UUID], currency: str) -> dict[str, Any]:
        deeds: list[Callable[[], Any]] = []
        if "price_minor" in row:
            deeds.append(lambda: self._price(row, currency))
        if "on_hand" in row:
            deeds.append(lambda: self._count(row, items))
        answer = {
            "offer_id": row["offer_id"],
            "is_done": True,
            "code": "",
            "detail": "",
            "version": None,
        }
        try:
            if row["offer_id"] not in items:
                raise NotFound
            with transaction.atomic():
                for deed in deeds:
                    answer["version"] = deed() or answer["version"]
        except Busy:
            raise
        except DomainError as refusal:
            answer |= {
                "version": None,
                "is_done": False,
                "code": refusal.code,
                "detail": str(refusal),
            }
        return answer

    def _price(self, row: dict[str, Any], currency: str) -> int:
        old = row.get("old_price_minor")
        return shop.set_price(
            offer_id=row["offer_id"],
            price=Money(row["price_minor"], currency),
            old_price=Money(old, currency) if old else None,
            seen_version=row["version"],
            actor=self.viewer,
            now=clock.now(),
        ).version

    def _count(self, row: dict[str, Any], items: dict[UUID, UUID]) -> None:
        kind = StockMovement.Kind.CORRECTION
        if row["on_hand"] > row["seen_on_hand"]:
            kind = StockMovement.Kind.RECEIPT
        shop.count_stock(
            item_id=items[row["offer_id"]],
            warehouse_id=row["warehouse_id"],
            on_hand=row["on_hand"],
            seen_on_hand=row["seen_on_hand"],
            kind=kind,
            key=secrets.token_hex(16),
            actor=self.viewer,
        )
