"""The first page of a shop: what waits, the urgent first, each with the list behind it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalog.types import DraftStatus, OfferTab
from apps.orders.selectors_returns import CaseWork
from apps.orders.selectors_sellers import SellerWork
from apps.orders.types import SellerTab
from apps.orders.types_returns import DisputeTab, ReturnTab
from apps.reviews.types import SellerReviewTab
from apps.seller_centre.desk import Desk


@dataclass(frozen=True, slots=True)
class Task:
    """`hint` says what happens when nobody does it."""

    text: str
    hint: str
    url: str
    icon: str
    tone: str
    count: int


def shown_work(
    desk: Desk,
    work: SellerWork,
    cases: CaseWork,
    *,
    sold_out: int,
    unanswered: int = 0,
    to_mend: int = 0,
) -> list[Task]:
    """Return what there is to do or to watch; nothing for what is empty."""
    orders = reverse("seller_centre:orders", args=[desk.seller.id])
    offers = reverse("seller_centre:offers", args=[desk.seller.id])
    cards = reverse("seller_centre:cards", args=[desk.seller.id])
    tasks = [
        Task(
            ngettext("%(count)s order is late", "%(count)s orders are late", work.late)
            % {"count": work.late},
            _("It cancels itself soon, and the buyer gets the money back."),
            f"{orders}?tab={SellerTab.LATE}",
            "alarm-clock",
            "danger",
            work.late,
        ),
        Task(
            ngettext("%(count)s order to confirm", "%(count)s orders to confirm", work.to_confirm)
            % {"count": work.to_confirm},
            _("Say that you have the goods: the buyer waits for it."),
            f"{orders}?tab={SellerTab.TO_CONFIRM}",
            "inbox",
            "warning",
            work.to_confirm,
        ),
        Task(
            ngettext("%(count)s order to send", "%(count)s orders to send", work.to_ship)
            % {"count": work.to_ship},
            _("Pack it, print the slip, hand it over."),
            f"{orders}?tab={SellerTab.TO_SHIP}",
            "package",
            "warning",
            work.to_ship,
        ),
        *_case_tasks(desk, cases),
        Task(
            ngettext("%(count)s card to fix", "%(count)s cards to fix", to_mend)
            % {"count": to_mend},
            _("Moderators have said why: change it and send it again."),
            f"{cards}?tab={DraftStatus.REJECTED}",
            "file-pen-line",
            "warning",
            to_mend,
        ),
        Task(
            ngettext("%(count)s offer is sold out", "%(count)s offers are sold out", sold_out)
            % {"count": sold_out},
            _("Hidden from shoppers until there are units again."),
            f"{offers}?tab={OfferTab.SOLD_OUT}",
            "package-x",
            "neutral",
            sold_out,
        ),
        Task(
            ngettext(
                "%(count)s order is on the way", "%(count)s orders are on the way", work.on_the_way
            )
            % {"count": work.on_the_way},
            _("Nothing to do: delivery carries it."),
            f"{orders}?tab={SellerTab.ON_THE_WAY}",
            "truck",
            "info",
            work.on_the_way,
        ),
    ]
    tasks.insert(3, _reviews_task(desk, unanswered))
    return [task for task in tasks if task.count]


def _case_tasks(desk: Desk, cases: CaseWork) -> list[Task]:
    returns = reverse("seller_centre:returns", args=[desk.seller.id])
    disputes = reverse("seller_centre:disputes", args=[desk.seller.id])
    return [
        Task(
            ngettext("%(count)s dispute to answer", "%(count)s disputes to answer", cases.disputes)
            % {"count": cases.disputes},
            _("Without your words the marketplace decides on the buyer's alone."),
            f"{disputes}?tab={DisputeTab.TO_ANSWER}",
            "scale",
            "danger",
            cases.disputes,
        ),
        Task(
            ngettext("%(count)s return to answer", "%(count)s returns to answer", cases.to_answer)
            % {"count": cases.to_answer},
            _("Silence counts as a yes."),
            f"{returns}?tab={ReturnTab.TO_ANSWER}",
            "undo-2",
            "warning",
            cases.to_answer,
        ),
        Task(
            ngettext(
                "%(count)s return to look at", "%(count)s returns to look at", cases.to_inspect
            )
            % {"count": cases.to_inspect},
            _("The buyer gets the money by itself when you do not look in time."),
            f"{returns}?tab={ReturnTab.TO_INSPECT}",
            "package-search",
            "warning",
            cases.to_inspect,
        ),
    ]


def _reviews_task(desk: Desk, unanswered: int) -> Task:
    return Task(
        ngettext("%(count)s review to answer", "%(count)s reviews to answer", unanswered)
        % {"count": unanswered},
        _("Shoppers read your answer under the review."),
        f"{reverse('seller_centre:reviews', args=[desk.seller.id])}?tab={SellerReviewTab.UNANSWERED}",
        "message-square-text",
        "neutral",
        unanswered,
    )
