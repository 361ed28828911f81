"""The address book of a customer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import selectors as people
from apps.accounts.services import addresses as book
from apps.accounts.types import AddressFields
from apps.accounts.web.forms import BookedAddressForm
from apps.core.errors import InvalidInput, NotFound
from apps.core.web.requests import ShopRequest
from apps.storefront.web.refusals import personal_page


@require_safe
@personal_page
@login_required
def index(request: ShopRequest) -> HttpResponse:
    context = {"addresses": people.addresses(request.viewer)}
    return render(request, "storefront/addresses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
@login_required
def add(request: ShopRequest) -> HttpResponse:
    if request.method != "POST":
        account = people.account(request.viewer)
        initial = {"recipient_name": account.full_name, "phone": account.phone}
        return _form_page(request, BookedAddressForm(initial=initial))
    return _save(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
@login_required
def edit(request: ShopRequest, address_id: UUID) -> HttpResponse:
    address = people.address(request.viewer, address_id)
    if request.method != "POST":
        names = (*AddressFields.__dataclass_fields__, "is_default")
        form = BookedAddressForm(initial={name: getattr(address, name) for name in names})
        return _form_page(request, form, address_id=address_id)
    return _save(request, address_id)


def _save(request: ShopRequest, address_id: UUID | None) -> HttpResponse:
    form = BookedAddressForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, address_id=address_id, status=422)
    given: dict[str, Any] = {
        "user_id": _owner(request),
        "fields": form.to_fields(),
        "is_default": form.cleaned_data["is_default"],
    }
    try:
        if address_id:
            book.change_address(address_id=address_id, **given)
        else:
            book.add_address(**given)
    except InvalidInput as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, form, address_id=address_id, status=422)
    messages.success(request, _("The address is saved."))
    return HttpResponseRedirect(reverse("storefront:addresses"))


@require_POST
@personal_page
@login_required
def remove(request: ShopRequest, address_id: UUID) -> HttpResponse:
    book.delete_address(user_id=_owner(request), address_id=address_id)
    messages.success(request, _("The address is deleted."))
    return HttpResponseRedirect(reverse("storefront:addresses"))


def _owner(request: ShopRequest) -> UUID:
    if request.viewer.user_id is None:
        raise NotFound
    return request.viewer.user_id


def _form_page(
    request: ShopRequest,
    form: BookedAddressForm,
    *,
    address_id: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "address_id": address_id}
    return render(request, "storefront/address.html", context, status=status)
