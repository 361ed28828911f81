"""Routes of the API about oneself."""

from django.urls import path

from apps.accounts.api import views

urlpatterns = [
    path("me/", views.MeView.as_view(), name="me"),
    path("me/addresses/", views.AddressesView.as_view(), name="addresses"),
    path("me/addresses/<uuid:address_id>/", views.AddressView.as_view(), name="address"),
]
