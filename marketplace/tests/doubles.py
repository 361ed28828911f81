"""The world of R21: orders in every state with work waiting for every task, and what became of it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from celery.signals import before_task_publish
from django.conf import settings
from django.core import mail
from django.db.models import Count, Sum

from apps.catalog.models import Stock
from apps.core import clock
from apps.core.models import AuditEntry, IdempotencyRecord, OutboxEvent, Seal
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.services.seals import first_broken_seal, sealed_journals
from apps.core.viewer import SYSTEM
from apps.logistics.models import Courier, CourierPosition, Shipment
from apps.logistics.tests.world import make_clerk, make_courier, make_point, on_the_shelf
from apps.notifications.models import Delivery
from apps.orders.models import Order, OrderGroup
from apps.orders.services import fulfilment
from apps.orders.tests.services.fulfilling import arrive, owner, ship
from apps.orders.tests.services.world import pay, place
from apps.payments.models import (
    Incident,
    PaymentAttempt,
    Posting,
    ProviderEvent,
    ReconciliationRun,
    Refund,
    Settlement,
)
from apps.payments.services.refunds import issue_refund
from apps.payments.tests.world import receive
from apps.sandbox.stripe.testing import Payer, RunningSandbox
from apps.search.models import SearchTerm
from marketplace.celery import app
from marketplace.tests.world import make_world

Job = tuple[str, dict[str, Any]]
# How one round of jobs is run: what becomes of the list that was queued once.
Mode = Callable[[Sequence[Job]], Sequence[Job]]

BEATS: tuple[Job, ...] = tuple(
    (str(entry["task"]), {}) for entry in settings.CELERY_BEAT_SCHEDULE.values()
)


def house_tasks() -> list[str]:
    """Names of every task that workers know."""
    app.autodiscover_tasks(force=True)
    return sorted(name for name in app.tasks if name.startswith("apps."))


class Workers:
    """Takes the jobs that the relay queues and runs them in the given manner; notes which ran."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.ran: Counter[str] = Counter()
        self._queued: list[Job] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        def take(sender: str, body: Any, **_given: Any) -> None:
            # What a broker would carry: JSON and nothing else.
            self._queued.append((sender, json.loads(json.dumps(body[1]))))

        before_task_publish.connect(take, weak=False)
        try:
            yield
        finally:
            before_task_publish.disconnect(take)

    def run(self, name: str, arguments: dict[str, Any]) -> None:
        self.ran[name] += 1
        app.tasks[name].apply(kwargs=arguments, throw=True)

    def until_quiet(self) -> None:
        """Let the relay deliver and run what it queued, until nothing more comes."""
        while deliver_all(now=clock.now()) or self._queued:
            jobs, self._queued = self._queued, []
            for name, arguments in self.mode(jobs):
                self.run(name, arguments)

    def beat(self, moment: datetime) -> None:
        """One round of every timer, and what follows from it."""
        with clock.standing_at(moment):
            for name, arguments in self.mode(BEATS):
                self.run(name, arguments)
            self.until_quiet()


class House:
    """A shop with work for everybody: `moments` are when the timers strike."""

    def __init__(self, sandbox: RunningSandbox, workers: Workers) -> None:
        self.sandbox, self.workers = sandbox, workers
        self.start = datetime.now(UTC)
        self.world = make_world(units=50)
        self.moments = [
            self.start + timedelta(**after)
            for after in (
                {"minutes": 1},
                {"minutes": 40},
                {"days": 1, "hours": 4},
                {"days": 4},
                {"days": 12},
                {"days": 20},
                {"days": 45},
            )
        ]

    def fill(self) -> None:
        """Orders unpaid, late, delivered, refunded; a parcel on a shelf; rows that have grown old."""
        self.abandoned()
        self.paid()  # nobody confirms it: cancelled, its money goes back
        confirmed = self.paid()
        fulfilment.confirm_order(order_id=confirmed.id, actor=owner(), now=clock.now())
        delivered = self.delivered()
        self.workers.until_quiet()
        self.refund(delivered, "goodwill")
        self.sandbox.fault("timeout_after", "POST /v1/refunds")
        self.refund(self.delivered(), "unanswered")
        point = make_point("double-1")
        on_the_shelf(make_clerk(point, 9), point)
        self._old_rows()
        self.workers.until_quiet()

    def abandoned(self) -> None:
        """A page that was opened and left."""
        group = place(self.world, offers=(1,))
        attempt = pay(self.world, group)
        self.workers.until_quiet()
        self.workers.run("apps.payments.tasks.call_provider", {"attempt_id": str(attempt.id)})

    def paid(self) -> Order:
        """Paid on the provider's page; its webhooks came, each twice."""
        group = place(self.world, offers=(0,))
        attempt = pay(self.world, group)
        self.workers.until_quiet()
        attempt.refresh_from_db()
        known = len(self.sandbox.events())
        Payer(attempt.redirect_url).pay()
        for event in self.sandbox.events()[known:] * 2:
            receive(event)
        self.workers.until_quiet()
        self.workers.run("apps.payments.tasks.close_session", {"attempt_id": str(attempt.id)})
        return group.orders.get()

    def delivered(self) -> Order:
        order = self.paid()
        fulfilment.confirm_order(order_id=order.id, actor=owner(), now=clock.now())
        arrive(ship(order))
        return order

    def refund(self, order: Order, key: str) -> None:
        issue_refund(
            key=f"double:{key}",
            reference_id=order.id,
            amount=Money(10_000_00, "UZS"),
            reason="GOODWILL",
            actor=SYSTEM,
            now=clock.now(),
        )

    def _old_rows(self) -> None:
        courier = Courier.objects.get(user=make_courier(9, city="Buxoro"))
        for days in (0, 31):
            CourierPosition.objects.create(
                courier=courier,
                latitude=Decimal("41.3"),
                longitude=Decimal("69.2"),
                at=self.start - timedelta(days=days),
            )
        IdempotencyRecord.objects.create(
            actor="user:1",
            route="x",
            key="old",
            fingerprint=b"x",
            locked_until=self.start - timedelta(days=9),
            created_at=self.start - timedelta(days=9),
        )


# What shows that a task had work in this world and did it. A task without its proof has no scene.
PROOFS: dict[str, Callable[[House], bool]] = {
    "apps.core.tasks.drop_expired": lambda _h: not IdempotencyRecord.objects.exists(),
    "apps.core.tasks.seal_audit": lambda _h: _is_sealed("audit"),
    "apps.logistics.tasks.forget_positions": lambda _h: not CourierPosition.objects.exists(),
    "apps.logistics.tasks.return_overdue": lambda _h: Shipment.objects.filter(
        status="RETURNING"
    ).exists(),
    "apps.notifications.tasks.deliver": lambda _h: len(mail.outbox) > 0,
    "apps.orders.tasks.cancel_late": lambda _h: Order.objects.filter(status="CANCELLED").exists(),
    "apps.orders.tasks.close_payment_page": lambda house: any(
        session["status"] == "expired" for session in house.sandbox.store.sessions.values()
    ),
    "apps.orders.tasks.expire_unpaid": lambda _h: OrderGroup.objects.filter(
        expired_at__isnull=False
    ).exists(),
    "apps.orders.tasks.release_due": lambda _h: Settlement.objects.exists(),
    "apps.payments.tasks.call_provider": lambda house: len(house.sandbox.store.sessions) > 0,
    "apps.payments.tasks.call_refund": lambda house: len(house.sandbox.store.refunds) > 0,
    # Both find every page of a paid group closed already: they must change nothing.
    "apps.payments.tasks.close_other_sessions": lambda house: _asked_for(house, "close_other"),
    "apps.payments.tasks.close_session": lambda house: _asked_for(house, "close_session"),
    "apps.payments.tasks.make_due_available": lambda _h: Settlement.objects.filter(
        state="AVAILABLE"
    ).exists(),
    "apps.payments.tasks.process_provider_event": lambda _h: ProviderEvent.objects.filter(
        state="DONE"
    ).exists(),
    "apps.payments.tasks.reconcile_provider": lambda _h: ReconciliationRun.objects.filter(
        statement_count__gt=0, state="AGREED"
    ).exists(),
    "apps.payments.tasks.seal_ledger": lambda _h: _is_sealed("ledger"),
    "apps.payments.tasks.settle_unknown": lambda _h: Refund.objects.filter(
        key="double:unanswered", state="SUCCEEDED"
    ).exists(),
    "apps.search.tasks.refresh_words": lambda _h: SearchTerm.objects.exists(),
}


def _asked_for(house: House, task: str) -> bool:
    return any(task in name for name in house.workers.ran)


def _is_sealed(journal: str) -> bool:
    return Seal.objects.filter(journal=journal).exists()


def outcome(sandbox: RunningSandbox) -> dict[str, Any]:
    """Everything that must be the same however often and in whatever order the tasks ran."""
    return {
        "groups": _counts(OrderGroup.objects.all(), "status"),
        "orders": _counts(Order.objects.all(), "status"),
        "parcels": _counts(Shipment.objects.all(), "status"),
        "attempts": _counts(PaymentAttempt.objects.all(), "state"),
        "refunds": _counts(Refund.objects.all(), "state"),
        "settlements": _counts(Settlement.objects.all(), "state"),
        "postings": sorted(
            Posting.objects.values_list("entry__kind", "account__kind")
            .annotate(count=Count("id"), minor=Sum("amount_minor"))
            .order_by()
        ),
        "letters": _counts(Delivery.objects.all(), "kind", "state"),
        "mails": len(mail.outbox),
        "audit": _counts(AuditEntry.objects.all(), "action"),
        "stock": sorted(Stock.objects.values_list("on_hand", "reserved")),
        "incidents": _counts(Incident.objects.all(), "kind"),
        "runs": set(ReconciliationRun.objects.values_list("state", flat=True)),
        "runs_of_one_day": _repeats(ReconciliationRun.objects.all(), "period_from"),
        "charged": sorted(charge["amount"] for charge in sandbox.charged()),
        "given_back": sorted(row["amount"] for row in sandbox.store.record()["refunds"]),
        "pages": len(sandbox.store.sessions),
        "dead": OutboxEvent.objects.filter(dead_at__isnull=False).count(),
        "waiting": OutboxEvent.objects.filter(sent_at=None).count(),
        "broken_seals": sum(first_broken_seal(one) is not None for one in sealed_journals()),
    }


def _repeats(rows: Any, name: str) -> int:
    return int(rows.count()) - len(set(rows.values_list(name, flat=True)))


def _counts(rows: Any, *names: str) -> dict[Any, int]:
    found = rows.order_by().values_list(*names).annotate(count=Count("pk"))
    return {row[:-1] if len(row) > 2 else row[0]: row[-1] for row in found}
