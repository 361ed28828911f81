"""Routes of the frame pages."""

from django.urls import URLPattern, path

from apps.storefront.web import frame

urlpatterns: list[URLPattern] = [
    path("me/header/", frame.header, name="header"),
    path("currency/", frame.set_currency, name="set_currency"),
    path("catalogue/", frame.catalogue, name="catalogue"),
    path("catalogue/menu/", frame.menu, name="menu"),
    path("info/<slug:page>/", frame.info, name="info"),
]
