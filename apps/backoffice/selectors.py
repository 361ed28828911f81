"""The first page: what waits for a person, and since when."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors.desk import cards_in_review, products_in_moderation
from apps.core.queues import Queue
from apps.core.selectors import dead_letters, undelivered_events
from apps.core.viewer import Viewer
from apps.notifications.selectors import failed_deliveries
from apps.orders.selectors_disputes import disputes_to_decide
from apps.orders.selectors_money import unpaid_groups
from apps.payments.selectors import open_holds, open_incidents
from apps.payments.selectors_chargebacks import chargebacks_to_answer
from apps.payments.selectors_payouts import held_payouts
from apps.payments.selectors_reconciling import open_differences
from apps.reviews.selectors import reviews_in_moderation
from apps.sellers.selectors import applications


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """`url_name` and `query` lead to the rows; `is_fault`: any row at all means that something broke."""

    title: Any
    hint: Any
    queue: Queue
    url_name: str
    query: dict[str, str]
    is_fault: bool


# Permission, title, hint, read, list, its filter, whether a row is a fault.
_QUEUES: tuple[tuple[Any, ...], ...] = (
    (
        "sellers.view_seller",
        _("Applications to sell"),
        _("Waiting for a decision"),
        applications,
        "sellers_seller",
        {"status__in": "APPLIED,IN_REVIEW"},
        False,
    ),
    (
        "catalog.view_carddraft",
        _("Cards of sellers"),
        _("Waiting for a decision"),
        cards_in_review,
        "catalog_carddraft",
        {"status__exact": "IN_REVIEW"},
        False,
    ),
    (
        "catalog.view_product",
        _("Products in moderation"),
        _("Waiting for a decision"),
        products_in_moderation,
        "catalog_product",
        {"status__exact": "IN_MODERATION"},
        False,
    ),
    (
        "reviews.view_review",
        _("Reviews in moderation"),
        _("Waiting for a decision"),
        reviews_in_moderation,
        "reviews_review",
        {"status__exact": "IN_MODERATION"},
        False,
    ),
    (
        "payments.view_incident",
        _("Incidents"),
        _("Money that contradicts the books"),
        open_incidents,
        "payments_incident",
        {"resolved_at__isempty": "1"},
        True,
    ),
    (
        "payments.view_reconciliationitem",
        _("Differences with the provider"),
        _("No payout leaves until they are resolved"),
        open_differences,
        "payments_reconciliationitem",
        {"resolved_at__isempty": "1"},
        True,
    ),
    (
        "payments.view_escrowhold",
        _("Money on hold"),
        _("Not released until the hold is lifted"),
        open_holds,
        "payments_escrowhold",
        {"lifted_at__isempty": "1"},
        False,
    ),
    (
        "payments.view_chargeback",
        _("Chargebacks to answer"),
        _("A bank took the money and waits for evidence"),
        chargebacks_to_answer,
        "payments_chargeback",
        {"state__exact": "NEEDS_RESPONSE", "answer__exact": ""},
        False,
    ),
    (
        "orders.view_dispute",
        _("Disputes to decide"),
        _("Both sides have spoken, the money waits"),
        disputes_to_decide,
        "orders_dispute",
        {"state__exact": "IN_ARBITRATION"},
        False,
    ),
    (
        "payments.view_payout",
        _("Payouts to approve"),
        _("Above the sum that leaves by itself"),
        held_payouts,
        "payments_payout",
        {"state__exact": "HELD"},
        False,
    ),
    (
        "core.view_outboxevent",
        _("Dead letters"),
        _("Events that nothing could deliver"),
        dead_letters,
        "core_outboxevent",
        {"state": "dead"},
        True,
    ),
    (
        "notifications.view_delivery",
        _("Failed messages"),
        _("E-mails that did not leave"),
        failed_deliveries,
        "notifications_delivery",
        {"state__exact": "FAILED"},
        True,
    ),
    (
        "orders.view_ordergroup",
        _("Unpaid orders"),
        _("Placed, money not here yet"),
        unpaid_groups,
        "orders_ordergroup",
        {"status__in": "AWAITING_PAYMENT,EXPIRED"},
        False,
    ),
    (
        "core.view_outboxevent",
        _("Events under way"),
        _("Written, not delivered yet"),
        undelivered_events,
        "core_outboxevent",
        {"state": "waiting"},
        False,
    ),
)


def work_queues(viewer: Viewer) -> list[WorkQueue]:
    """Return the queues that the viewer may open, one query each."""
    return [
        WorkQueue(title, hint, read(), f"admin:{target}_changelist", query, is_fault)
        for permission, title, hint, read, target, query, is_fault in _QUEUES
        if viewer.can(permission)
    ]
