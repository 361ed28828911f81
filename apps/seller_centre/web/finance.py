"""Finance: balances of the ledger, settlements, and what stands behind each."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core.errors import NotFound
from apps.core.web.requests import ShopRequest
from apps.orders.selectors_chargebacks import seller_chargebacks
from apps.orders.selectors_sellers import seller_work
from apps.orders.selectors_statement import balances, statement, statement_entry
from apps.payments.types import SettlementState
from apps.seller_centre.desk import Desk
from apps.seller_centre.finance_page import (
    economics_rows,
    shown_chargebacks,
    shown_entries,
    taken_back_rows,
)
from apps.seller_centre.payouts import payouts_on_way
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.seller_centre.web.paging import before_of, tabs_of
from apps.sellers.types import Power


@require_safe
@desk_page(Power.SEE_MONEY)
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    state, seller_id = request.GET.get("state", ""), desk.seller.id
    if state and state not in SettlementState.values:
        raise NotFound
    page = statement(request.viewer, seller_id, state=state, before=before_of(request))
    labels = [("", _("All"), None)]
    labels += [(row.value, str(row.label), None) for row in SettlementState]
    context = {
        "balances": balances(request.viewer, seller_id),
        "coming": seller_work(request.viewer, seller_id).coming or (),
        "on_way": payouts_on_way(request.viewer, seller_id),
        "chargebacks": shown_chargebacks(seller_chargebacks(request.viewer, seller_id)),
        "rows": page.rows,
        "tabs": tabs_of(labels, state, name="state"),
        "state": state,
        "older_url": f"?state={state}&before={page.next_before}" if page.next_before else "",
        "newest_url": f"?state={state}" if request.GET.get("before") else "",
    }
    return desk_answer(request, desk, "finance", context, section="finance")


@require_safe
@desk_page(Power.SEE_MONEY)
def settlement(request: ShopRequest, desk: Desk, settlement_id: UUID) -> HttpResponse:
    row, entries = statement_entry(request.viewer, desk.seller.id, settlement_id)
    context = {
        "row": row,
        "economics": economics_rows(row.settlement),
        "taken_back": taken_back_rows(row.settlement),
        "entries": shown_entries(entries, desk.seller.id),
    }
    return desk_answer(request, desk, "settlement", context, section="finance")
