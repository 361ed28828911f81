"""Routes of the frame pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
