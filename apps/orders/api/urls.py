"""Routes of the API of trade."""

from django.urls import path

from apps.orders.api import cart, cases, checkout, fulfilment, orders

urlpatterns = [
    path("cart/", cart.CartView.as_view(), name="cart"),
    path("cart/lines/", cart.LinesView.as_view(), name="cart-lines"),
    path("cart/lines/<uuid:line_id>/", cart.LineView.as_view(), name="cart-line"),
    path("cart/accept/", cart.AcceptView.as_view(), name="cart-accept"),
    path("cart/merge/", cart.MergeView.as_view(), name="cart-merge"),
    path("checkout/", checkout.CheckoutsView.as_view(), name="checkouts"),
    path("checkout/<uuid:checkout_id>/", checkout.CheckoutView.as_view(), name="checkout"),
    path(
        "checkout/<uuid:checkout_id>/delivery-options/",
        checkout.DeliveryOptionsView.as_view(),
        name="delivery-options",
    ),
    path("checkout/<uuid:checkout_id>/quote/", checkout.QuoteView.as_view(), name="quote"),
    path("orders/", orders.OrdersView.as_view(), name="orders"),
    path("orders/<uuid:group_id>/", orders.OrderView.as_view(), name="order"),
    path("orders/<uuid:group_id>/pay/", orders.PayView.as_view(), name="order-pay"),
    path("orders/<uuid:group_id>/cancel/", orders.CancelView.as_view(), name="order-cancel"),
    path(
        "orders/<uuid:group_id>/orders/<uuid:order_id>/cancel/",
        fulfilment.CancelView.as_view(),
        name="order-part-cancel",
    ),
    path(
        "orders/<uuid:group_id>/orders/<uuid:order_id>/confirm-receipt/",
        fulfilment.ConfirmReceiptView.as_view(),
        name="order-part-receipt",
    ),
    path(
        "orders/<uuid:group_id>/orders/<uuid:order_id>/address/",
        fulfilment.AddressView.as_view(),
        name="order-part-address",
    ),
    path(
        "orders/<uuid:group_id>/orders/<uuid:order_id>/address/quote/",
        fulfilment.AddressQuoteView.as_view(),
        name="order-part-address-quote",
    ),
    path(
        "orders/<uuid:group_id>/orders/<uuid:order_id>/address/pay/",
        fulfilment.AddressPayView.as_view(),
        name="order-part-address-pay",
    ),
    path(
        "orders/<uuid:group_id>/orders/<uuid:order_id>/returns/",
        cases.OrderReturnsView.as_view(),
        name="order-returns",
    ),
    path(
        "orders/<uuid:group_id>/orders/<uuid:order_id>/disputes/",
        cases.OrderDisputesView.as_view(),
        name="order-disputes",
    ),
    path("returns/", cases.ReturnsView.as_view(), name="returns"),
    path("returns/<uuid:return_id>/", cases.ReturnView.as_view(), name="return"),
    path(
        "returns/<uuid:return_id>/photos/", cases.ReturnPhotosView.as_view(), name="return-photos"
    ),
    path("returns/<uuid:return_id>/sent/", cases.ReturnSentView.as_view(), name="return-sent"),
    path(
        "returns/<uuid:return_id>/cancel/", cases.ReturnCancelView.as_view(), name="return-cancel"
    ),
    path("disputes/<uuid:dispute_id>/", cases.DisputeView.as_view(), name="dispute"),
    path(
        "disputes/<uuid:dispute_id>/messages/",
        cases.DisputeMessagesView.as_view(),
        name="dispute-messages",
    ),
    path(
        "disputes/<uuid:dispute_id>/escalate/",
        cases.DisputeEscalateView.as_view(),
        name="dispute-escalate",
    ),
    path(
        "disputes/<uuid:dispute_id>/withdraw/",
        cases.DisputeWithdrawView.as_view(),
        name="dispute-withdraw",
    ),
]
