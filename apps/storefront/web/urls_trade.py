"""Routes of the trade pages: cart, checkout, payment, orders, the account."""

from django.urls import URLPattern, path

from apps.storefront.web import (
    account,
    addresses,
    cart,
    checkout,
    disputes,
    documents,
    fulfilment,
    orders,
    payment,
    returns,
    reviews,
)

urlpatterns: list[URLPattern] = [
    path("cart/", cart.show, name="cart"),
    path("cart/add/", cart.add, name="cart_add"),
    path("cart/units/", cart.set_units, name="cart_units"),
    path("cart/lines/<uuid:line_id>/", cart.change_line, name="cart_line"),
    path("cart/accept/", cart.accept, name="cart_accept"),
    path("checkout/", checkout.show, name="checkout"),
    path("orders/", orders.index, name="orders"),
    path("orders/open/<str:token>/", orders.open_link, name="order_open"),
    path("orders/<uuid:group_id>/", orders.show, name="order"),
    path("orders/<uuid:group_id>/pay/", payment.pay, name="order_pay"),
    path("orders/<uuid:group_id>/payment/", payment.show, name="payment"),
    path("orders/<uuid:group_id>/cancel/", orders.cancel, name="order_cancel"),
    path(
        "orders/<uuid:group_id>/<uuid:order_id>/cancel/",
        fulfilment.cancel,
        name="order_part_cancel",
    ),
    path(
        "orders/<uuid:group_id>/<uuid:order_id>/receipt/",
        fulfilment.confirm_receipt,
        name="order_receipt",
    ),
    path(
        "orders/<uuid:group_id>/<uuid:order_id>/address/", fulfilment.address, name="order_address"
    ),
    path("orders/<uuid:group_id>/<uuid:order_id>/return/", returns.add, name="return_new"),
    path("orders/<uuid:group_id>/<uuid:order_id>/dispute/", disputes.add, name="dispute_new"),
    path("returns/", returns.index, name="returns"),
    path("returns/<uuid:return_id>/", returns.show, name="return"),
    path("returns/<uuid:return_id>/label/", returns.label, name="return_label"),
    path("returns/<uuid:return_id>/sent/", returns.sent, name="return_sent"),
    path("returns/<uuid:return_id>/cancel/", returns.cancel, name="return_cancel"),
    path("disputes/<uuid:dispute_id>/", disputes.show, name="dispute"),
    path("disputes/<uuid:dispute_id>/say/", disputes.say, name="dispute_say"),
    path("disputes/<uuid:dispute_id>/escalate/", disputes.escalate, name="dispute_escalate"),
    path("disputes/<uuid:dispute_id>/withdraw/", disputes.withdraw, name="dispute_withdraw"),
    path("evidence/<uuid:photo_id>/", returns.photo, name="evidence"),
    path(
        "orders/<uuid:group_id>/documents/<uuid:document_id>/",
        documents.show,
        name="order_document",
    ),
    path(
        "orders/<uuid:group_id>/documents/<uuid:document_id>/file/",
        documents.download,
        name="order_document_file",
    ),
    path("me/", account.home, name="account"),
    path("me/settings/", account.profile, name="profile"),
    path("me/reviews/", reviews.index, name="reviews"),
    path("me/reviews/<uuid:review_id>/delete/", reviews.remove, name="review_delete"),
    path("me/addresses/", addresses.index, name="addresses"),
    path("me/addresses/new/", addresses.add, name="address_new"),
    path("me/addresses/<uuid:address_id>/", addresses.edit, name="address_edit"),
    path("me/addresses/<uuid:address_id>/delete/", addresses.remove, name="address_delete"),
]
