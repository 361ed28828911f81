"""The account's first page and the person's particulars."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import selectors as people
from apps.accounts.services import profiles
from apps.accounts.services.profiles import ProfileInvalid
from apps.accounts.web.forms import ProfileForm
from apps.core.web.requests import ShopRequest
from apps.logistics.selectors import desks_of
from apps.orders.selectors import purchases
from apps.sellers.selectors import is_member
from apps.storefront import currency
from apps.storefront.trade.order_page import shown_order
from apps.storefront.web.refusals import personal_page

LATEST = 3
COOKIE_SECONDS = 365 * 24 * 60 * 60


@require_safe
@personal_page
@login_required
def home(request: ShopRequest) -> HttpResponse:
    page = purchases(request.viewer, limit=LATEST)
    is_courier, is_clerk = desks_of(request.viewer)
    context = {
        "is_courier": is_courier,
        "is_clerk": is_clerk,
        "is_seller": is_member(request.viewer),
        "account": people.account(request.viewer),
        "orders": [shown_order(group) for group in page.groups],
        "has_more": page.next_before is not None,
    }
    return render(request, "storefront/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
@login_required
def profile(request: ShopRequest) -> HttpResponse:
    account = people.account(request.viewer)
    if request.method != "POST":
        names = ("full_name", "phone", "language", "currency")
        form = ProfileForm(initial={name: getattr(account, name) for name in names})
        return _form_page(request, form)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    fields = form.to_fields()
    try:
        profiles.update_profile(user_id=account.id, fields=fields)
    except ProfileInvalid as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, form, status=422)
    # The pages follow the choice at once: the address carries the language, a cookie the currency.
    with override(fields.language):
        messages.success(request, _("Saved."))
        response = HttpResponseRedirect(reverse("storefront:profile"))
    response.set_cookie(
        currency.COOKIE,
        fields.currency,
        max_age=COOKIE_SECONDS,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def _form_page(request: ShopRequest, form: ProfileForm, status: int = 200) -> HttpResponse:
    return render(request, "storefront/profile.html", {"form": form}, status=status)
