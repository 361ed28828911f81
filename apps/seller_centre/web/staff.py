"""Staff: who works for the shop, and as what. For owners alone."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.forms import MemberForm, RoleForm
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.sellers import selectors
from apps.sellers.services import staff
from apps.sellers.types import MemberRole, Power


@require_safe
@desk_page(Power.MANAGE_STAFF)
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    return _page(request, desk, MemberForm())


@require_POST
@desk_page(Power.MANAGE_STAFF)
def add(request: ShopRequest, desk: Desk) -> HttpResponse:
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, form, status=422)
    try:
        member = staff.add_member(
            seller_id=desk.seller.id,
            email=form.cleaned_data["email"],
            role=MemberRole(form.cleaned_data["role"]),
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error("email", str(refusal))
        return _page(request, desk, form, status=422)
    messages.success(request, _("%(name)s works for the shop now.") % {"name": member.user})
    return _back(desk)


@require_POST
@desk_page(Power.MANAGE_STAFF)
def change_role(request: ShopRequest, desk: Desk, member_id: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a role from the list."))
        return _back(desk)
    return _done(
        request,
        desk,
        _("The role is changed."),
        staff.change_member_role,
        member_id=member_id,
        role=MemberRole(form.cleaned_data["role"]),
    )


@require_POST
@desk_page(Power.MANAGE_STAFF)
def remove(request: ShopRequest, desk: Desk, member_id: int) -> HttpResponse:
    return _done(
        request,
        desk,
        _("The person does not work for the shop any more."),
        staff.remove_member,
        member_id=member_id,
    )


def _done(
    request: ShopRequest, desk: Desk, words: str, use_case: Any, **given: Any
) -> HttpResponse:
    try:
        use_case(seller_id=desk.seller.id, actor=request.viewer, now=clock.now(), **given)
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return _back(desk)
    messages.success(request, words)
    if desk.member.id == given["member_id"]:
        # The owner changed their own place: what they may open now is decided afresh.
        return HttpResponseRedirect(reverse("seller_centre:index"))
    return _back(desk)


def _page(request: ShopRequest, desk: Desk, form: MemberForm, status: int = 200) -> HttpResponse:
    members = selectors.staff(request.viewer, desk.seller.id)
    context = {
        "members": [
            (row, RoleForm(initial={"role": row.role}, auto_id=f"role{row.id}-%s"))
            for row in members
        ],
        "is_only_owner": [row.role for row in members].count(MemberRole.OWNER) == 1,
        "form": form,
        "roles": role_notes(),
    }
    return desk_answer(request, desk, "staff", context, section="staff", status=status)


def role_notes() -> list[tuple[str, str]]:
    """Return each role with what it may do, in words."""
    return [
        (str(MemberRole.OWNER.label), _("everything, staff too")),
        (str(MemberRole.MANAGER.label), _("orders, offers, stock and money")),
        (str(MemberRole.STOCK.label), _("packs and sends orders, counts stock; sees no money")),
        (str(MemberRole.FINANCE.label), _("sees orders and money, asks for payouts")),
    ]


def _back(desk: Desk) -> HttpResponse:
    return HttpResponseRedirect(reverse("seller_centre:staff", args=[desk.seller.id]))
