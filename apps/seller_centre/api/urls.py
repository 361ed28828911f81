"""Routes of the seller's API, under /api/v1/seller/."""

from django.urls import path

from apps.seller_centre.api import bulk_views, card_views, views

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
]
