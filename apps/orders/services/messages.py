"""What buyers are told about their orders, each fact once."""

from uuid import UUID

from django.conf import settings

from apps.core.formats import format_money
from apps.core.money import Money
from apps.core.viewer import GrantToken
from apps.notifications.services import send_email
from apps.orders.models import OrderGroup
from apps.orders.selectors import order_grant


def tell_placed(*, group_id: UUID) -> None:
    _tell("order_placed", group_id)


def tell_paid(*, group_id: UUID) -> None:
    _tell("order_paid", group_id)


def tell_expired(*, group_id: UUID) -> None:
    _tell("order_expired", group_id)


def tell_cancelled(*, group_id: UUID) -> None:
    _tell("order_cancelled", group_id)


def tell_refunded(*, group_id: UUID, refund_id: UUID, amount: Money) -> None:
    group = OrderGroup.objects.get(id=group_id)
    _send(
        "order_refunded",
        group,
        key=f"order_refunded:{refund_id}",
        extra={"refund": format_money(amount, group.language)},
    )


def _tell(kind: str, group_id: UUID) -> None:
    group = OrderGroup.objects.get(id=group_id)
    _send(kind, group, key=f"{kind}:{group_id}:{group.hold_expires_at.isoformat()}", extra={})


def _send(kind: str, group: OrderGroup, *, key: str, extra: dict[str, str]) -> None:
    token = GrantToken.write(order_grant(group))
    send_email(
        kind=kind,
        key=key,
        recipient_id=group.user_id,
        address=group.email,
        language=group.language,
        context={
            "number": group.number,
            "total": format_money(group.total, group.language),
            "reason": group.get_cancel_reason_display() if group.cancel_reason else "",
            "url": f"{settings.SITE_URL}/{group.language}/orders/open/{token}/",
            "lines": [
                {
                    "title": line.titles.get(group.language) or next(iter(line.titles.values())),
                    "options": line.option_labels.get(group.language, ""),
                    "quantity": line.quantity,
                    "total": format_money(line.total, group.language),
                }
                for order in group.orders.prefetch_related("lines")
                for line in order.lines.all()
            ],
            **extra,
        },
    )
