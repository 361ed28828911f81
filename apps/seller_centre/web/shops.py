"""Ways in: to one's only shop, to a choice of several, to the application; the shop's first page."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.catalog.selectors import shop_desk
from apps.catalog.selectors.card_desk import cards_to_mend
from apps.catalog.services.products import slug_of
from apps.core import clock
from apps.core.errors import DomainError
from apps.core.web.personal import personal_page
from apps.core.web.requests import ShopRequest
from apps.orders.selectors_returns import case_work
from apps.orders.selectors_sellers import seller_work
from apps.orders.selectors_statement import balances
from apps.reviews.selectors_sellers import unanswered_count
from apps.seller_centre.desk import Desk
from apps.seller_centre.home_page import shown_work
from apps.seller_centre.payouts import payouts_on_way
from apps.seller_centre.web.forms import ApplicationForm
from apps.seller_centre.web.guards import desk_answer, desk_page, member_page
from apps.sellers.selectors import memberships
from apps.sellers.services.applying import ApplicationRefused, apply_to_sell


@require_safe
@personal_page
def index(request: ShopRequest) -> HttpResponse:
    """Lead on: a guest to what selling here means, a member to the shop or to a choice of shops."""
    own = memberships(request.viewer)
    if not own:
        return HttpResponseRedirect(reverse("storefront:info", args=["sellers"]))
    if len(own) == 1:
        return HttpResponseRedirect(reverse("seller_centre:home", args=[own[0].seller_id]))
    return render(request, "seller_centre/choose.html", {"memberships": own})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def apply(request: ShopRequest) -> HttpResponse:
    if request.method != "POST":
        return _application(request, ApplicationForm())
    form = ApplicationForm(request.POST)
    if not form.is_valid():
        return _application(request, form, status=422)
    try:
        seller = apply_to_sell(
            details=form.to_details(slug_of(form.cleaned_data["name"])),
            actor=request.viewer,
            now=clock.now(),
        )
    except DomainError as refusal:
        field = refusal.field if isinstance(refusal, ApplicationRefused) else None
        form.add_error(field, str(refusal))
        return _application(request, form, status=422)
    messages.success(request, _("The application is sent."))
    return HttpResponseRedirect(reverse("seller_centre:home", args=[seller.id]))


def _application(request: ShopRequest, form: ApplicationForm, status: int = 200) -> HttpResponse:
    return render(request, "seller_centre/apply.html", {"form": form}, status=status)


@require_safe
@desk_page(is_before_approval=True)
def home(request: ShopRequest, desk: Desk) -> HttpResponse:
    """What waits for the shop's staff; for a new shop, how to begin; for an applicant, where it stands."""
    if not desk.is_approved:
        return desk_answer(request, desk, "waiting", {}, section="home")
    viewer, seller_id = request.viewer, desk.seller.id
    work, cases = seller_work(viewer, seller_id), case_work(viewer, seller_id)
    has_warehouse = bool(shop_desk.warehouses_of(viewer, seller_id))
    has_offers = shop_desk.has_offers(viewer, seller_id)
    context = {
        "work": work,
        "tasks": shown_work(
            desk,
            work,
            cases,
            sold_out=shop_desk.sold_out_count(viewer, seller_id),
            unanswered=unanswered_count(viewer, seller_id) if desk.can_answer_reviews else 0,
            to_mend=cards_to_mend(viewer, seller_id),
        ),
        "has_warehouse": has_warehouse,
        "has_offers": has_offers,
        "is_new": not (has_warehouse and has_offers),
        "balances": balances(viewer, seller_id) if desk.can_see_money else None,
        "on_way": payouts_on_way(viewer, seller_id) if desk.can_see_money else None,
    }
    return desk_answer(request, desk, "home", context, section="home")
