"""Pages of the shop."""

from django.urls import URLPattern, path

from apps.storefront.web import home

app_name = "storefront"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
]
