"""Orders placed without an account, taken into it: by their link or a verified address."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.selectors import account, verified_emails
from apps.core import clock
from apps.core.errors import NotFound
from apps.core.web.requests import ShopRequest
from apps.orders.selectors_claims import LIMIT, claimable_groups
from apps.orders.services.claiming import claim_groups
from apps.storefront.web.refusals import personal_page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@personal_page
def claim(request: ShopRequest) -> HttpResponse:
    """Show which orders look like the viewer's, and take those that are confirmed."""
    if request.method == "POST":
        return _claim(request)
    email = account(request.viewer).email
    known = verified_emails(request.viewer.user_id) if request.viewer.user_id else []
    context = {
        "groups": list(claimable_groups(request.viewer)[:LIMIT]),
        "email": email,
        "is_verified": email.lower() in known,
    }
    return render(request, "storefront/claim.html", context)


def _claim(request: ShopRequest) -> HttpResponse:
    try:
        ids = {UUID(text) for text in request.POST.getlist("group")}
    except ValueError:
        raise NotFound from None
    groups = claim_groups(group_ids=ids, viewer=request.viewer, now=clock.now())
    done = ngettext(
        "%(count)d order is in your account now.",
        "%(count)d orders are in your account now.",
        len(groups),
    )
    messages.success(request, done % {"count": len(groups)})
    return HttpResponseRedirect(reverse("storefront:orders"))
