"""What buyers and the provider of their payments do."""

from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import (
    rule,
)

from apps.orders.models import AddressChange
from apps.orders.services import (
    addressing,
    disputing,
    returning,
    settling,
)
from apps.orders.services.address_quotes import quote_address
from apps.orders.services.addressing import AddressConsent
from apps.orders.tests.machine.trade import PICK, UNITS, Deeds
from apps.orders.tests.services.moving import report_surcharge
from apps.orders.tests.services.world import capture
from apps.orders.types import CancelReason
from apps.orders.types_returns import (
    DisputeReason,
    ReturnReason,
    ReturnRequest,
    Words,
)
from apps.payments.models import (
    Refund,
)
from apps.payments.services.refund_sending import settle_refund
from apps.payments.types import RefundState
from marketplace.tests.world import ADDRESS


class BuyerDeeds(Deeds):
    """Pays, cancels, moves, sends back, disputes."""

    @rule(pick=st.integers(0, 1))
    def provider_captures(self, pick: int) -> None:
        self.attempt(lambda: capture(self.attempts[pick].id, self.groups[pick]))

    @rule(is_paid=st.booleans())
    def provider_settles_refunds(self, *, is_paid: bool) -> None:
        """A refund that failed leaves its money in escrow for people; so at most one fails a sequence."""
        has_failed = Refund.objects.filter(state=RefundState.FAILED).exists()
        state = RefundState.SUCCEEDED if is_paid or has_failed else RefundState.FAILED
        for refund in Refund.objects.filter(state=RefundState.CREATED):
            self.attempt(
                lambda one=refund: settle_refund(  # type: ignore[misc]
                    refund_id=one.id, state=state, failure_code="", now=self.now
                )
            )

    @rule(pick=PICK)
    def buyer_cancels(self, pick: int) -> None:
        self.cancel(pick, CancelReason.BY_BUYER, self.buyer)

    @rule(pick=PICK)
    def buyer_confirms_receipt(self, pick: int) -> None:
        order = self.order(pick)
        self.attempt(
            lambda: settling.confirm_receipt(order_id=order.id, viewer=self.buyer, now=self.now)
        )

    @rule(pick=PICK, city=st.sampled_from(["Toshkent", "Buxoro", "Samarqand"]))
    def buyer_moves_the_parcel(self, pick: int, city: str) -> None:
        """Buxoro is dearer than Toshkent, Samarqand cheaper; what was quoted is confirmed."""
        order, place = self.order(pick), ADDRESS | {"city": city}

        def confirm() -> None:
            quote = quote_address(order=order, address=place, viewer=self.buyer, now=self.now)
            addressing.change_address(
                order_id=order.id,
                address=place,
                consent=AddressConsent(quote.digest, quote.expires_at),
                return_url="http://shop.test/",
                viewer=self.buyer,
                now=self.now,
            )

        self.attempt(confirm)

    @rule(pick=PICK)
    def provider_captures_a_surcharge(self, pick: int) -> None:
        """In time or late, of a change that waits or of one that ended."""
        waiting = AddressChange.objects.filter(
            order_id=self.order(pick).id, expires_at__isnull=False
        ).order_by("id")
        for change in waiting:
            self.attempt(lambda one=change: report_surcharge(one))  # type: ignore[misc]

    @rule(pick=PICK, units=UNITS, reason=st.sampled_from(list(ReturnReason)))
    def buyer_asks_to_send_back(self, pick: int, units: int, reason: ReturnReason) -> None:
        order = self.order(pick)
        line = order.lines.order_by("sku")[0]
        request = ReturnRequest(items={line.id: units}, reason=reason, key=uuid4().hex, note="Why")
        self.attempt(
            lambda: returning.request_return(
                order_id=order.id, request=request, actor=self.buyer, now=self.now
            )
        )

    @rule(pick=PICK, share=st.integers(1, 100))
    def buyer_disputes(self, pick: int, share: int) -> None:
        order = self.order(pick)
        wanted = self.part(order, share)
        self.attempt(
            lambda: disputing.open_dispute(
                order_id=order.id,
                reason=DisputeReason.NOT_AS_DESCRIBED,
                wanted=wanted,
                words=Words("It is blue.", uuid4().hex),
                actor=self.buyer,
                now=self.now,
            )
        )
