"""Routes of delivery's API."""

from django.urls import path

from apps.logistics.api import views

urlpatterns = [path("pickup-points/", views.PickupPointsView.as_view(), name="pickup-points")]
