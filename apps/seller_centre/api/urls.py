"""Routes of the seller's API, under /api/v1/seller/."""

from django.urls import path

from apps.seller_centre.api import bulk_views, card_views, cases, payout_views, views

urlpatterns = [
    path("shops/", views.ShopsView.as_view(), name="seller-shops"),
    path("products/", card_views.CardsView.as_view(), name="seller-cards"),
    path("products/<uuid:draft_id>/", card_views.OneCardView.as_view(), name="seller-card"),
    path(
        "products/<uuid:draft_id>/submit/",
        card_views.SubmitView.as_view(),
        name="seller-card-submit",
    ),
    path(
        "products/<uuid:draft_id>/withdraw/",
        card_views.WithdrawView.as_view(),
        name="seller-card-withdraw",
    ),
    path(
        "products/<uuid:draft_id>/pictures/",
        card_views.PicturesView.as_view(),
        name="seller-card-pictures",
    ),
    path(
        "products/<uuid:draft_id>/pictures/<int:picture_id>/",
        card_views.PictureView.as_view(),
        name="seller-card-picture",
    ),
    path("offers/bulk/", bulk_views.BulkOffersView.as_view(), name="seller-offers-bulk"),
    path("orders/", views.OrdersView.as_view(), name="seller-orders"),
    path("orders/<uuid:order_id>/", views.OrderView.as_view(), name="seller-order"),
    path(
        "orders/<uuid:order_id>/confirm/",
        views.ConfirmView.as_view(),
        name="seller-order-confirm",
    ),
    path("orders/<uuid:order_id>/ship/", views.ShipView.as_view(), name="seller-order-ship"),
    path("orders/<uuid:order_id>/cancel/", views.CancelView.as_view(), name="seller-order-cancel"),
    path("returns/", cases.ReturnsView.as_view(), name="seller-returns"),
    path("returns/<uuid:return_id>/", cases.ReturnView.as_view(), name="seller-return"),
    path(
        "returns/<uuid:return_id>/approve/",
        cases.ApproveView.as_view(),
        name="seller-return-approve",
    ),
    path(
        "returns/<uuid:return_id>/reject/", cases.RejectView.as_view(), name="seller-return-reject"
    ),
    path(
        "returns/<uuid:return_id>/receive/",
        cases.ReceiveView.as_view(),
        name="seller-return-receive",
    ),
    path(
        "returns/<uuid:return_id>/inspect/",
        cases.InspectView.as_view(),
        name="seller-return-inspect",
    ),
    path("disputes/", cases.DisputesView.as_view(), name="seller-disputes"),
    path("disputes/<uuid:dispute_id>/", cases.DisputeView.as_view(), name="seller-dispute"),
    path(
        "disputes/<uuid:dispute_id>/messages/",
        cases.DisputeMessagesView.as_view(),
        name="seller-dispute-messages",
    ),
    path("payouts/", payout_views.PayoutsView.as_view(), name="seller-payouts"),
    path("payouts/<uuid:payout_id>/", payout_views.PayoutView.as_view(), name="seller-payout"),
    path(
        "payout-accounts/",
        payout_views.PayoutAccountsView.as_view(),
        name="seller-payout-accounts",
    ),
    path(
        "payout-schedules/",
        payout_views.PayoutScheduleView.as_view(),
        name="seller-payout-schedules",
    ),
]
