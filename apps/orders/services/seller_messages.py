"""What a seller's staff is told about its orders: those whose role lets them do something about it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation

from apps.core.formats import format_moment, format_money, in_sentence
from apps.core.money import Money
from apps.notifications.services import send_email
from apps.orders.models import Order
from apps.payments.models import Chargeback
from apps.payments.selectors import settlements_for
from apps.payments.types_chargebacks import Bearer, ChargebackState, reason_words
from apps.sellers.models import SellerMember
from apps.sellers.types import Power


def tell_new(order: Order) -> None:
    for member in _staff(order, Power.FULFIL_ORDERS):
        with translation.override(member.user.language):
            due = in_sentence(format_moment(order.confirm_by)) if order.confirm_by else ""
            _send("seller_new_order", order, member, due=due)


def tell_cancelled(order: Order) -> None:
    for member in _staff(order, Power.FULFIL_ORDERS):
        with translation.override(member.user.language):
            reason = order.get_cancel_reason_display()
            _send("seller_order_cancelled", order, member, reason=reason)


def tell_released(*, order_id: UUID) -> None:
    """Tell those who see the money that an order is settled; nothing where all was refunded."""
    order = Order.objects.select_related("group", "seller").get(id=order_id)
    settlement = settlements_for([order.id]).get(order.id)
    if settlement is None:
        return
    for member in _staff(order, Power.SEE_MONEY):
        with translation.override(member.user.language):
            _send(
                "seller_settled",
                order,
                member,
                payout=format_money(settlement.payout),
                available=in_sentence(format_moment(settlement.available_at)),
            )


def tell_chargeback_opened(order: Order, chargeback: Chargeback, part: Money) -> None:
    """Tell those who see the money that a bank takes an order's payment back, and whose risk it is."""
    for member in _staff(order, Power.SEE_MONEY):
        with translation.override(member.user.language):
            _send(
                "seller_chargeback",
                order,
                member,
                cause=f"{chargeback.id}:{order.id}",
                sum=format_money(part),
                why=reason_words(chargeback.reason),
                is_sellers=chargeback.bearer == Bearer.SELLER,
            )


def tell_chargeback_ended(order: Order, chargeback: Chargeback, part: Money) -> None:
    for member in _staff(order, Power.SEE_MONEY):
        with translation.override(member.user.language):
            _send(
                "seller_chargeback_ended",
                order,
                member,
                cause=f"{chargeback.id}:{order.id}",
                sum=format_money(part),
                is_won=chargeback.state == ChargebackState.WON,
                is_sellers=chargeback.bearer == Bearer.SELLER,
            )


def _staff(order: Order, power: Power) -> list[SellerMember]:
    rows = SellerMember.objects.filter(seller_id=order.seller_id, user__is_active=True)
    return [row for row in rows.select_related("user").order_by("id") if row.may(power)]


def _send(kind: str, order: Order, member: SellerMember, *, cause: str = "", **extra: Any) -> None:
    """Queue a letter; `cause` names what may happen to an order more than once."""
    language = member.user.language
    send_email(
        kind=kind,
        key=f"{kind}:{cause or order.id}:{member.user_id}",
        recipient_id=member.user_id,
        address=member.user.email,
        language=language,
        context={
            "number": order.number,
            "shop": order.seller.name,
            "url": f"{settings.SITE_URL}/{language}/seller/orders/{order.id}/",
            "lines": [
                {
                    "title": line.titles.get(language) or next(iter(line.titles.values())),
                    "options": line.option_labels.get(language, ""),
                    "quantity": line.quantity,
                }
                for line in order.lines.all()
            ],
            **extra,
        },
    )
