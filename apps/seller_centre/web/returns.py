"""Returns: the queue with its clocks, one return with what can be done now."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.orders.selectors_returns import ReturnView, case_work, seller_return, seller_returns
from apps.orders.services import inspecting, returning
from apps.orders.types_returns import ReturnTab
from apps.seller_centre.case_page import ShownReturn, money_back, shown_return
from apps.seller_centre.desk import Desk, desk_of
from apps.seller_centre.web.case_forms import LineVerdictForm, RejectForm, verdict_forms
from apps.seller_centre.web.guards import desk_answer, desk_page, member_page
from apps.seller_centre.web.paging import before_of, tabs_of


@require_safe
@desk_page()
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    tab, seller_id = request.GET.get("tab", ""), desk.seller.id
    work = case_work(request.viewer, seller_id)
    page = seller_returns(request.viewer, seller_id, tab=tab, before=before_of(request))
    counts = {ReturnTab.TO_ANSWER: work.to_answer, ReturnTab.TO_INSPECT: work.to_inspect}
    labels: list[tuple[str, str, int | None]] = [("", _("All"), None)]
    labels += [(row.value, str(row.label), counts.get(row)) for row in ReturnTab]
    context = {
        "returns": [shown_return(row) for row in page.returns],
        "tabs": tabs_of(labels, tab),
        "tab": tab,
        "older_url": f"?tab={tab}&before={page.next_before}" if page.next_before else "",
        "newest_url": f"?tab={tab}" if request.GET.get("before") else "",
    }
    return desk_answer(request, desk, "returns", context, section="returns")


@require_safe
@member_page
def show(request: ShopRequest, return_id: UUID) -> HttpResponse:
    return _page(request, seller_return(request.viewer, return_id))


def _page(
    request: ShopRequest,
    view: ReturnView,
    *,
    reject_form: RejectForm | None = None,
    verdicts: list[LineVerdictForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = shown_return(view)
    if verdicts is None and view.can_inspect:
        verdicts = _verdicts(shown)
    context: dict[str, Any] = {
        "shown": shown,
        "money": money_back(view) if view.sees_money else "",
        "reject_form": reject_form or RejectForm(),
        "is_rejecting": reject_form is not None,
        "verdicts": verdicts,
    }
    desk = desk_of(request.viewer, view.order.seller_id)
    return desk_answer(request, desk, "return", context, section="returns", status=status)


def _verdicts(shown: ShownReturn, data: Any = None) -> list[LineVerdictForm]:
    titles = [f"{row.title} ({row.options})" if row.options else row.title for row in shown.lines]
    return verdict_forms(shown.source.lines, titles, data)


@require_POST
@member_page
def approve(request: ShopRequest, return_id: UUID) -> HttpResponse:
    return _do(
        request,
        return_id,
        lambda: returning.approve_return(
            return_id=return_id, actor=request.viewer, now=clock.now()
        ),
        _("The buyer has the address and sends it."),
    )


@require_POST
@member_page
def reject(request: ShopRequest, return_id: UUID) -> HttpResponse:
    view = seller_return(request.viewer, return_id)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _page(request, view, reject_form=form, status=422)
    return _do(
        request,
        return_id,
        lambda: returning.reject_return(
            return_id=return_id,
            why=form.cleaned_data["why"],
            actor=request.viewer,
            now=clock.now(),
        ),
        _("The buyer reads why, and may open a dispute."),
    )


@require_POST
@member_page
def receive(request: ShopRequest, return_id: UUID) -> HttpResponse:
    return _do(
        request,
        return_id,
        lambda: inspecting.mark_received(
            return_id=return_id, actor=request.viewer, now=clock.now()
        ),
        _("It is here. Look at it line by line."),
    )


@require_POST
@member_page
def inspect(request: ShopRequest, return_id: UUID) -> HttpResponse:
    view = seller_return(request.viewer, return_id)
    forms = _verdicts(shown_return(view), request.POST)
    # Every one is read, so that all errors show.
    answers = [form.is_valid() for form in forms]
    if not all(answers):
        return _page(request, view, verdicts=forms, status=422)
    return _do(
        request,
        return_id,
        lambda: inspecting.inspect_return(
            return_id=return_id,
            verdicts=[form.verdict() for form in forms],
            actor=request.viewer,
            now=clock.now(),
        ),
        _("It is decided. The buyer is told."),
    )


def _do(
    request: ShopRequest, return_id: UUID, use_case: Callable[[], object], done: str
) -> HttpResponse:
    seller_return(request.viewer, return_id)
    try:
        use_case()
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("seller_centre:return", args=[return_id]))
