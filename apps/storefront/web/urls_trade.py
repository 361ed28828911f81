"""Routes of the trade pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
