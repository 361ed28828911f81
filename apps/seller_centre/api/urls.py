"""Routes of the seller's API, under /api/v1/seller/."""

from django.urls import path

from apps.seller_centre.api import views

urlpatterns = [
    path("shops/", views.ShopsView.as_view(), name="seller-shops"),
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
