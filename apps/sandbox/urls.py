"""Routes of the development app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
