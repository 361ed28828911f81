"""Returns and disputes of the demo: one at each telling step, made by the same services as people's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from apps.accounts.models import User
from apps.catalog.services.images import StoredPicture, rendition_key
from apps.core.money import Money
from apps.core.viewer import SYSTEM, Viewer, viewer_of
from apps.orders.models import Order, OrderLine, Return
from apps.orders.services import disputing, inspecting, returning
from apps.orders.services.evidence import store_evidence
from apps.orders.types_returns import (
    Condition,
    DisputeReason,
    ReturnReason,
    ReturnRequest,
    Verdict,
    Words,
)
from apps.sellers.models import SellerMember
from apps.sellers.types import MemberRole

WORDS = {
    "en": ("It is smaller than the description says.", "It is another colour than in the picture."),
    "ru": ("Меньше, чем в описании.", "Цвет не тот, что на картинке."),
    "uz": ("Tavsifda yozilganidan kichikroq.", "Rangi rasmdagidan boshqa."),
}
ANSWERS = {
    "en": "The colour on the card is the one we sent. See the label.",
    "ru": "Отправлен цвет с карточки. Посмотрите на этикетку.",
    "uz": "Kartochkadagi rang joʻnatilgan. Yorliqqa qarang.",
}


@dataclass(frozen=True, slots=True)
class Teller:
    """The two sides of one delivered order, and its clock."""

    order: Order
    now: datetime

    @property
    def buyer(self) -> Viewer:
        return viewer_of(User.objects.get(id=self.order.group.user_id))

    @property
    def seller(self) -> Viewer:
        member = SellerMember.objects.get(seller_id=self.order.seller_id, role=MemberRole.OWNER)
        return viewer_of(User.objects.get(id=member.user_id))

    @property
    def language(self) -> str:
        return self.order.group.language

    @property
    def line(self) -> OrderLine:
        return self.order.lines.order_by("id")[0]

    def ago(self, **delta: float) -> datetime:
        """A moment before now, and after the delivery."""
        delivered = self.order.delivered_at or self.now
        return max(self.now - timedelta(**delta), delivered + timedelta(minutes=5))

    def photos(self) -> tuple[StoredPicture, ...]:
        image = self.line.image
        if not image:
            return ()
        with default_storage.open(rendition_key(image["hash"], max(image["widths"]))) as picture:
            return store_evidence([picture.read()])

    def ask(self, at: datetime) -> Return:
        request = ReturnRequest(
            items={self.line.id: 1},
            reason=ReturnReason.NOT_AS_DESCRIBED,
            key="demo",
            note=WORDS[self.language][0],
            photos=self.photos(),
        )
        return returning.request_return(
            order_id=self.order.id, request=request, actor=self.buyer, now=at
        )


def _asked(teller: Teller) -> None:
    teller.ask(teller.ago(hours=6))


def _approved(teller: Teller) -> None:
    case = teller.ask(teller.ago(hours=30))
    returning.approve_return(return_id=case.id, actor=SYSTEM, now=teller.ago(hours=20))


def _refunded(teller: Teller) -> None:
    case = teller.ask(teller.ago(days=4))
    returning.approve_return(return_id=case.id, actor=SYSTEM, now=teller.ago(days=3.5))
    returning.mark_sent(
        return_id=case.id,
        carrier="Karvon Post",
        tracking_number="KP 4417 2290",
        actor=teller.buyer,
        now=teller.ago(days=3),
    )
    inspecting.mark_received(return_id=case.id, actor=SYSTEM, now=teller.ago(days=1))
    verdicts = [Verdict(row.line_id, row.quantity, Condition.WRITE_OFF) for row in case.lines.all()]
    inspecting.inspect_return(
        return_id=case.id, verdicts=verdicts, actor=SYSTEM, now=teller.ago(hours=12)
    )


def _disputed(teller: Teller) -> None:
    line = teller.line
    case = disputing.open_dispute(
        order_id=teller.order.id,
        reason=DisputeReason.NOT_AS_DESCRIBED,
        wanted=Money(line.unit_minor, line.currency),
        words=Words(WORDS[teller.language][1], "demo", teller.photos()),
        actor=teller.buyer,
        now=teller.ago(days=2),
    )
    answer = Words(ANSWERS[teller.language], "demo-answer")
    disputing.say(dispute_id=case.id, words=answer, actor=teller.seller, now=teller.ago(days=1.5))
    disputing.escalate(dispute_id=case.id, actor=teller.buyer, now=teller.ago(days=1))


STEPS: tuple[Callable[[Teller], None], ...] = (_asked, _approved, _refunded, _disputed)


def tell_case(order: Order, number: int, now: datetime) -> None:
    """Tell the case of this number about a delivered order."""
    found = Order.objects.select_related("group", "seller").get(id=order.id)
    STEPS[number](Teller(found, now))
