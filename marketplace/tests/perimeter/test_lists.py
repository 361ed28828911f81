"""Every list under one query count: with one row more than the scene's, and with three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.tests.growth import grow
from marketplace.tests.page_kinds import pages, seen
from marketplace.tests.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]

# Bytes that a further row adds at least; a changed number adds fewer.
LONGER = 10
PAGES = pages("/en/", "/api/", "/backoffice/")
# Pages of one thing, forms, fragments; and lists that nothing here makes longer: the tree (of categories
# with products), papers of one order, what is still to do. Those are pinned beside their pages.
AS_LONG = {
    "/api/v1/categories/",
    "/api/v1/checkout/<checkout_id>/",
    "/api/v1/checkout/<checkout_id>/delivery-options/",
    "/api/v1/me/",
    "/api/v1/me/addresses/<address_id>/",
    "/api/v1/orders/<group_id>/",
    "/api/v1/orders/<group_id>/documents/",
    "/api/v1/orders/<group_id>/documents/<document_id>/",
    "/api/v1/products/<short_id>/",
    "/api/v1/returns/<return_id>/",
    "/api/v1/reviews/<review_id>/",
    "/api/v1/schema/",
    "/api/v1/search/suggest/",
    "/api/v1/seller/documents/<document_id>/",
    "/api/v1/seller/documents/<document_id>/file/",
    "/api/v1/seller/orders/<order_id>/",
    "/api/v1/seller/orders/<order_id>/documents/",
    "/api/v1/seller/payouts/<payout_id>/",
    "/api/v1/seller/returns/<return_id>/",
    "/backoffice/",
    "/backoffice/<app_label>/",
    "/backoffice/jsi18n/",
    "/backoffice/orders/order/<order_id>/money/",
    "/backoffice/password_change/done/",
    "/en/account/confirm-email/",
    "/en/account/confirm-email/<key>/",
    "/en/account/email/",
    "/en/account/inactive/",
    "/en/account/login/",
    "/en/account/logout/",
    "/en/account/password/change/",
    "/en/account/password/reset/",
    "/en/account/password/reset/done/",
    "/en/account/password/reset/key/<uidb36>-<key>/",
    "/en/account/password/reset/key/done/",
    "/en/account/reauthenticate/",
    "/en/account/signup/",
    "/en/catalogue/",
    "/en/catalogue/menu/",
    "/en/info/<page>/",
    "/en/me/",
    "/en/me/addresses/<address_id>/",
    "/en/me/addresses/new/",
    "/en/me/header/",
    "/en/me/settings/",
    "/en/orders/<group_id>/",
    "/en/orders/<group_id>/<order_id>/address/",
    "/en/orders/<group_id>/<order_id>/dispute/",
    "/en/orders/<group_id>/<order_id>/return/",
    "/en/orders/<group_id>/documents/<document_id>/",
    "/en/orders/<group_id>/payment/",
    "/en/orders/claim/",
    "/en/p/<product_id>/personal/",
    "/en/p/<product_id>/review/",
    "/en/p/<product_id>/reviews/mine/",
    "/en/returns/<return_id>/",
    "/en/search/suggest/",
    "/en/seller/apply/",
}
# It shows how many rows there are of each kind: some of the numbers get a digit more, or none does.
NUMBERS = {"/backoffice/system/journals/"}
# The engine asks as often as it needs to (apps/search/tests pin it).
ENGINE = "search_search"


def costs(scene: Scene) -> dict[str, tuple[int, int]]:
    """Address -> statements and bytes of its answer, once what a process keeps is there."""
    found = {}
    for address, actor in PAGES:
        seen(scene, address, actor)
        with CaptureQueriesContext(connection) as captured:
            answer = seen(scene, address, actor)
        assert answer.status_code == 200, address
        asked = sum(ENGINE not in query["sql"] for query in captured)
        found[address] = (asked, len(answer.getvalue()))
    return found


def test_every_list_with_three_rows_costs_what_one_costs(scene: Scene) -> None:
    grow(scene, 1)
    one = costs(scene)
    grow(scene, 2)
    grow(scene, 3)
    three = costs(scene)

    prices = {page: (one[page][0], three[page][0]) for page in one}
    dearer = {page: (before, after) for page, (before, after) in prices.items() if before != after}
    assert dearer == {}
    as_long = {page for page in one if three[page][1] < one[page][1] + LONGER} - NUMBERS
    assert as_long == AS_LONG, sorted(as_long ^ AS_LONG)
