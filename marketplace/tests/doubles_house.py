"""The world of R21: orders in every state with work waiting for every task, and the proofs that it was done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.core import mail
from django.test import override_settings

from apps.catalog.models import Warehouse, WarehouseKeeper
from apps.catalog.services import keepers
from apps.core import clock
from apps.core.models import IdempotencyRecord, Seal
from apps.core.money import Money
from apps.core.outbox import handlers_of
from apps.core.viewer import SYSTEM
from apps.documents.models import Document, Rendering
from apps.logistics.models import Courier, CourierPosition, Shipment
from apps.logistics.tests.world import make_clerk, make_courier, make_point, on_the_shelf
from apps.notifications.models import Delivery
from apps.orders.models import Dispute, Order, OrderGroup, Return
from apps.orders.services import fulfilment, settling
from apps.orders.tests.cases import world as cases
from apps.orders.tests.services.fulfilling import arrive, member, owner, ship
from apps.orders.tests.services.world import pay, place
from apps.payments.events import PaymentCaptured
from apps.payments.models import (
    Chargeback,
    Payment,
    Payout,
    PayoutSchedule,
    ProviderEvent,
    ReconciliationRun,
    Refund,
    Settlement,
)
from apps.payments.services import payout_accounts, payout_schedules
from apps.payments.services.chargeback_answers import send_evidence
from apps.payments.services.payout_accounts import AccountOrder
from apps.payments.services.refunds import issue_refund
from apps.payments.tests.payouts import PAGE, look_at
from apps.payments.tests.world import receive
from apps.payments.types_chargebacks import Evidence
from apps.payments.types_payouts import PayoutRhythm
from apps.reviews.models import ReviewPhoto
from apps.sandbox.stripe.testing import Payee, Payer, RunningSandbox
from apps.search.models import SearchTerm
from apps.sellers.models import SellerMember
from marketplace.tests.doubles import Workers
from marketplace.tests.world import make_world


@contextmanager
def before_documents() -> Iterator[None]:
    """The shop as it was when nobody issued receipts."""
    known = handlers_of(PaymentCaptured.topic)
    (issuing,) = (one for one in known if one.name == "apps.documents.handlers.issue_receipts")
    known.remove(issuing)
    try:
        yield
    finally:
        known.append(issuing)


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
        """Orders unpaid, late, delivered, refunded, returned, disputed; a payout; rows that have grown old."""
        self.abandoned()
        with before_documents():
            self.unpapered = self.paid()  # nobody confirms it: cancelled, its money goes back
        confirmed = self.paid()
        fulfilment.confirm_order(order_id=confirmed.id, actor=owner(), now=clock.now())
        delivered = self.delivered()
        self.workers.until_quiet()
        self.refund(delivered, "goodwill")
        self.sandbox.fault("timeout_after", "POST /v1/refunds")
        self.refund(self.delivered(), "unanswered")
        # The seller does not look at it, so the buyer gets the money; the seller does not answer.
        cases.arrived(self.world, self.delivered())
        cases.dispute(self.world, self.delivered())
        self.payee()
        self.charged_back()
        point = make_point("double-1")
        on_the_shelf(make_clerk(point, 9), point)
        self._old_rows()
        self._keeper_who_left()
        self.workers.until_quiet()

    def abandoned(self) -> None:
        """A page that was opened and left."""
        group = place(self.world, offers=(1,))
        attempt = pay(self.world, group)
        self.workers.until_quiet()
        self.workers.run("apps.payments.tasks.call_provider", {"attempt_id": str(attempt.id)})

    def paid(self, offer: int = 0) -> Order:
        """Paid on the provider's page; its webhooks came, each twice."""
        group = place(self.world, offers=(offer,))
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

    def delivered(self, offer: int = 0, seller: int = 1) -> Order:
        order = self.paid(offer)
        fulfilment.confirm_order(order_id=order.id, actor=owner(seller), now=clock.now())
        arrive(ship(order, actor=owner(seller)))
        return order

    def payee(self) -> None:
        """The second shop has its money at once and a schedule; the answer to its transfer is lost."""
        order = self.delivered(offer=2, seller=2)
        with override_settings(SETTLEMENT_PENDING_HOURS=0):
            settling.confirm_receipt(order_id=order.id, viewer=self.world.viewer(), now=clock.now())
        account = payout_accounts.open_account(
            order=AccountOrder(order.seller_id, "RUB", "UZ", PAGE), actor=SYSTEM, now=clock.now()
        )
        self.workers.until_quiet()
        account.refresh_from_db()
        assert Payee(account.link_url).tell().status_code == 303
        look_at(account, now=self.start)
        schedule = PayoutSchedule(
            payee_id=order.seller_id, currency="RUB", rhythm=PayoutRhythm.DAILY
        )
        before = self.start - timedelta(days=2)
        payout_schedules.set_schedule(schedule=schedule, actor=SYSTEM, now=before)
        self.sandbox.fault("timeout_after", "POST /v1/transfers")

    def charged_back(self) -> None:
        """The buyer's bank takes a payment back, gets our evidence and keeps it; its events come twice."""
        order = self.delivered()
        self.workers.until_quiet()
        payment = Payment.objects.get(reference_id=order.group_id)
        intent_id = payment.attempts.get(state="SUCCEEDED").intent_id
        known = len(self.sandbox.events())
        made = self.sandbox.dispute(intent_id, reason="product_not_received")
        self._hear_twice(known)
        send_evidence(
            chargeback_id=Chargeback.objects.get().id,
            evidence=Evidence("It was handed over."),
            actor=SYSTEM,
            reason="Clear",
            now=clock.now(),
        )
        self.workers.until_quiet()
        self.sandbox.decide(made, "lost")
        self._hear_twice(known)

    def _hear_twice(self, known: int) -> None:
        for event in self.sandbox.events()[known:] * 2:
            receive(event)
        self.workers.until_quiet()

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
        ReviewPhoto.objects.create(
            owner=self.world.buyer,
            content_hash="0" * 64,
            width=1,
            height=1,
            renditions=[],
            uploaded_at=self.start - timedelta(days=3),
        )

    def _keeper_who_left(self) -> None:
        keeper = member(self.world, "STOCK")
        row = SellerMember.objects.get(user_id=keeper.user_id)
        keepers.set_kept_warehouses(
            seller_id=row.seller_id,
            member_id=row.id,
            warehouse_ids=[Warehouse.objects.get(seller_id=row.seller_id).id],
            actor=owner(),
            now=clock.now(),
        )
        row.delete()


# What shows that a task had work in this world and did it. A task without its proof has no scene.
PROOFS: dict[str, Callable[[House], bool]] = {
    "apps.catalog.tasks.sweep_grants": lambda _h: not WarehouseKeeper.objects.exists(),
    "apps.core.tasks.drop_expired": lambda _h: not IdempotencyRecord.objects.exists(),
    "apps.core.tasks.seal_audit": lambda _h: _is_sealed("audit"),
    "apps.documents.tasks.issue_missing_receipts": lambda house: Document.objects.filter(
        kind="RECEIPT", order=house.unpapered, issued_at__gt=house.moments[0]
    ).exists(),
    "apps.documents.tasks.issue_statements": lambda _h: Document.objects.filter(
        kind="STATEMENT"
    ).exists(),
    "apps.documents.tasks.render": lambda _h: not Rendering.objects.filter(key="").exists(),
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
    "apps.orders.tasks.move_due_cases": lambda _h: (
        Return.objects.filter(state="REFUNDED").exists()
        and Dispute.objects.filter(state="IN_ARBITRATION").exists()
    ),
    "apps.orders.tasks.release_due": lambda _h: Settlement.objects.exists(),
    "apps.payments.tasks.answer_chargeback": lambda house: (
        [
            row["evidence_details"]["submission_count"]
            for row in house.sandbox.store.disputes.values()
        ]
        == [1]
    ),
    "apps.payments.tasks.call_payout_account": lambda house: len(house.sandbox.store.accounts) > 0,
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
    "apps.payments.tasks.run_payout_schedules": lambda _h: Payout.objects.filter(
        origin="SCHEDULED"
    ).exists(),
    "apps.payments.tasks.seal_ledger": lambda _h: _is_sealed("ledger"),
    "apps.payments.tasks.send_payout": lambda house: len(house.sandbox.transfers()) > 0,
    # Found under its name after its answer was lost, then paid by the bank.
    "apps.payments.tasks.settle_payouts": lambda _h: Payout.objects.filter(
        unknown_at__isnull=False, state="PAID"
    ).exists(),
    "apps.payments.tasks.settle_unknown": lambda _h: Refund.objects.filter(
        key="double:unanswered", state="SUCCEEDED"
    ).exists(),
    "apps.reviews.tasks.drop_loose_photos": lambda _h: not ReviewPhoto.objects.exists(),
    "apps.reviews.tasks.send_invitations": lambda _h: Delivery.objects.filter(
        kind="review_invitation"
    ).exists(),
    "apps.search.tasks.refresh_words": lambda _h: SearchTerm.objects.exists(),
}


def _asked_for(house: House, task: str) -> bool:
    return any(task in name for name in house.workers.ran)


def _is_sealed(journal: str) -> bool:
    return Seal.objects.filter(journal=journal).exists()
