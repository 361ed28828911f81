"""Disputes: the queue, and one dispute as a conversation."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.orders.selectors_disputes import DisputeView, seller_dispute, seller_disputes
from apps.orders.selectors_returns import case_work
from apps.orders.services import disputing
from apps.orders.services.evidence import store_evidence
from apps.orders.types_returns import DisputeTab, Words
from apps.orders.web.forms import WordsForm
from apps.seller_centre.case_page import shown_dispute
from apps.seller_centre.desk import Desk, desk_of
from apps.seller_centre.web.guards import desk_answer, desk_page, member_page
from apps.seller_centre.web.paging import before_of, tabs_of


@require_safe
@desk_page()
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    tab, seller_id = request.GET.get("tab", ""), desk.seller.id
    work = case_work(request.viewer, seller_id)
    page = seller_disputes(request.viewer, seller_id, tab=tab, before=before_of(request))
    labels: list[tuple[str, str, int | None]] = [("", _("All"), None)]
    labels += [
        (row.value, str(row.label), work.disputes if row == DisputeTab.TO_ANSWER else None)
        for row in DisputeTab
    ]
    context = {
        "disputes": [shown_dispute(row) for row in page.disputes],
        "tabs": tabs_of(labels, tab),
        "tab": tab,
        "older_url": f"?tab={tab}&before={page.next_before}" if page.next_before else "",
        "newest_url": f"?tab={tab}" if request.GET.get("before") else "",
    }
    return desk_answer(request, desk, "disputes", context, section="disputes")


@require_safe
@member_page
def show(request: ShopRequest, dispute_id: UUID) -> HttpResponse:
    return _page(request, seller_dispute(request.viewer, dispute_id))


def _page(
    request: ShopRequest, view: DisputeView, form: WordsForm | None = None, *, status: int = 200
) -> HttpResponse:
    if form is None and view.can_say:
        form = WordsForm()
    desk = desk_of(request.viewer, view.order.seller_id)
    context = {"shown": shown_dispute(view), "form": form}
    return desk_answer(request, desk, "dispute", context, section="disputes", status=status)


@require_POST
@member_page
def say(request: ShopRequest, dispute_id: UUID) -> HttpResponse:
    view = seller_dispute(request.viewer, dispute_id)
    form = WordsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, view, form, status=422)
    values = form.cleaned_data
    try:
        disputing.say(
            dispute_id=dispute_id,
            words=Words(values["text"], values["key"], store_evidence(values["photos"])),
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, view, form, status=422)
    return HttpResponseRedirect(reverse("seller_centre:dispute", args=[dispute_id]))
