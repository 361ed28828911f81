"""The checkout: one address, three parts (where, how, pay), each a form that works on its own."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors as people
from apps.accounts.services import addresses as book
from apps.accounts.types import AddressFields
from apps.catalog.services.reservations import OfferSoldOut
from apps.core import clock
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.money import Money
from apps.core.viewer import GrantToken
from apps.core.web.middleware import ORDER_GRANTS_SESSION_KEY
from apps.core.web.requests import ShopRequest
from apps.orders.models import Checkout, OrderGroup
from apps.orders.rules import ADDRESS_FIELDS
from apps.orders.selectors import order_grant
from apps.orders.services import buying, checkouts
from apps.orders.services.checkouts import CheckoutInput
from apps.orders.services.placing import QuoteChanged
from apps.orders.services.quotes import CartEmpty, LineUnavailable, NoDelivery
from apps.storefront.currency import currency_of
from apps.storefront.trade.cart_page import shown_cart
from apps.storefront.trade.checkout_page import CheckoutPage, checkout_page, lacks_door
from apps.storefront.trade.delivery import ways_of
from apps.storefront.web.forms import DeliveryForm, DestinationForm
from apps.storefront.web.refusals import personal_page

MAX_ORDER_TOKENS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def show(request: ShopRequest) -> HttpResponse:
    """Show the part that comes next, or take what a part sends."""
    if request.method == "POST" and request.POST.get("action") == "place":
        return _place(request)
    try:
        checkout = _open(request)
        if request.method == "POST":
            match request.POST.get("action"):
                case "saved":
                    return _take_saved(request, checkout)
                case "where":
                    return _take_destination(request, checkout)
                case "how":
                    return _take_deliveries(request, checkout)
        return _page(request, checkout)
    except (CartEmpty, LineUnavailable, OfferSoldOut) as refusal:
        return _to_cart(request, refusal)


def _open(request: ShopRequest) -> Checkout:
    checkout = checkouts.open_checkout(
        viewer=request.viewer,
        language=get_language() or "en",
        currency=currency_of(request),
        now=clock.now(),
    )
    if request.viewer.user_id is not None and not checkout.email:
        email = people.account(request.viewer).email
        checkout = _store(request, checkout, CheckoutInput(email=email))
    return checkout


def _store(request: ShopRequest, checkout: Checkout, given: CheckoutInput) -> Checkout:
    return checkouts.update_checkout(viewer=request.viewer, checkout_id=checkout.id, given=given)


def _page(
    request: ShopRequest,
    checkout: Checkout,
    *,
    destination: DestinationForm | None = None,
    delivery: DeliveryForm | None = None,
    changed: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    wanted = request.GET.get("step", "")
    if destination or delivery:
        wanted = "where" if destination else "how"
    try:
        page = checkout_page(request.viewer, checkout, wanted=wanted, now=now)
    except NoDelivery as refusal:
        messages.error(request, str(refusal))
        page = CheckoutPage(checkout, "where")
    cart = shown_cart(
        request.viewer, language=checkout.language, currency=checkout.currency, now=now
    )
    if not cart.can_check_out:
        raise LineUnavailable
    context: dict[str, Any] = {"page": page, "cart": cart, "changed": changed}
    if page.step == "where":
        context["form"] = destination or _destination_form(request, checkout)
        context["book"] = people.addresses(request.viewer)
    elif page.step == "how":
        context["form"] = delivery or DeliveryForm(parcels=page.parcels)
    return render(request, "storefront/checkout.html", context, status=status)


def _destination_form(request: ShopRequest, checkout: Checkout) -> DestinationForm:
    initial: dict[str, Any] = dict(checkout.address) or {"country": settings.DELIVERY_COUNTRIES[0]}
    if request.viewer.user_id is not None and not checkout.address:
        account = people.account(request.viewer)
        initial |= {"recipient_name": account.full_name, "phone": account.phone}
    return DestinationForm(
        initial=initial | {"email": checkout.email}, is_guest=request.viewer.user_id is None
    )


def _take_saved(request: ShopRequest, checkout: Checkout) -> HttpResponse:
    """Deliver to an address of the customer's book."""
    try:
        address = people.address(request.viewer, UUID(request.POST.get("address_id", "")))
    except ValueError:
        raise NotFound from None
    values = {name: getattr(address, name) for name in ADDRESS_FIELDS}
    _store(request, checkout, CheckoutInput(address=values))
    return _onward(request)


def _take_destination(request: ShopRequest, checkout: Checkout) -> HttpResponse:
    is_guest = request.viewer.user_id is None
    form = DestinationForm(request.POST, is_guest=is_guest)
    if not form.is_valid():
        return _page(request, checkout, destination=form, status=422)
    given = CheckoutInput(email=form.cleaned_data.get("email"), address=form.address())
    try:
        checkout = _store(request, checkout, given)
    except InvalidInput as refusal:
        form.add_error(None, str(refusal))
        return _page(request, checkout, destination=form, status=422)
    if request.POST.get("keep") and request.viewer.user_id is not None:
        _keep(request, form.address())
    return _onward(request)


def _keep(request: ShopRequest, address: dict[str, str]) -> None:
    """Put the address into the book; where it does not fit there, the order goes on without."""
    user_id = request.viewer.user_id
    if user_id is None:
        return
    try:
        book.add_address(user_id=user_id, fields=AddressFields(**address))
    except InvalidInput as refusal:
        messages.info(request, str(refusal))


def _take_deliveries(request: ShopRequest, checkout: Checkout) -> HttpResponse:
    form = DeliveryForm(request.POST, parcels=ways_of(checkout, now=clock.now()))
    if not form.is_valid():
        return _page(request, checkout, delivery=form, status=422)
    choices = form.choices()
    if lacks_door(checkout, choices):
        form.add_error(
            None,
            _(
                "The courier needs the street and the house. Edit the address, or choose a pickup point."
            ),
        )
        return _page(request, checkout, delivery=form, status=422)
    _store(request, checkout, CheckoutInput(deliveries=choices))
    return _onward(request)


def _onward(request: ShopRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("storefront:checkout"))


def _to_cart(request: ShopRequest, refusal: DomainError) -> HttpResponse:
    messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("storefront:cart"))


def _place(request: ShopRequest) -> HttpResponse:
    """Order what was confirmed and go to pay. Pressed twice or in two tabs, it is one order."""
    try:
        group = buying.buy(
            viewer=request.viewer,
            checkout_id=UUID(request.POST.get("checkout_id", "")),
            quote_digest=request.POST.get("digest", ""),
            return_url_of=payment_url,
            now=clock.now(),
        )
    except QuoteChanged as refusal:
        return _ask_again(request, refusal)
    except (OfferSoldOut, LineUnavailable, CartEmpty) as refusal:
        return _to_cart(request, refusal)
    except (NotFound, ValueError):
        messages.warning(
            request,
            _(
                "This checkout is closed, or you were signed out. Nothing was charged. Please check and go on."
            ),
        )
        return _onward(request)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return _onward(request)
    if request.viewer.user_id is None:
        remember_order(request, group)
    return HttpResponseRedirect(reverse("storefront:payment", args=[group.id]) + "?start=1")


def _ask_again(request: ShopRequest, refusal: QuoteChanged) -> HttpResponse:
    """Show the old sum and the new one; the button confirms the new."""
    try:
        checkout = _open(request)
    except CartEmpty as empty:
        return _to_cart(request, empty)
    quote = checkout.quote or {}
    changed = {
        "text": str(refusal),
        "was": _money(quote.get("total")),
        "now": refusal.params["total"],
    }
    try:
        return _page(request, checkout, changed=changed, status=409)
    except LineUnavailable as gone:
        return _to_cart(request, gone)


def _money(stored: dict[str, Any] | None) -> Money | None:
    return Money(stored["minor"], stored["currency"]) if stored else None


def payment_url(group_id: UUID) -> str:
    """The absolute address to which the provider sends the buyer back."""
    return settings.SITE_URL + reverse("storefront:payment", args=[group_id])


def remember_order(request: ShopRequest, group: OrderGroup) -> None:
    """Let this guest's browser open the order for as long as its session lives."""
    token = GrantToken.write(order_grant(group))
    tokens = [kept for kept in request.session.get(ORDER_GRANTS_SESSION_KEY, []) if kept != token]
    request.session[ORDER_GRANTS_SESSION_KEY] = [*tokens, token][-MAX_ORDER_TOKENS:]
