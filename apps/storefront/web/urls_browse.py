"""Routes of the browse pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
