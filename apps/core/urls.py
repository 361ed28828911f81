"""Routes of the kernel."""

from django.urls import path

from apps.core.web import views

urlpatterns = [
    path("ping", views.ping, name="ping"),
    path("health/", views.health_report, name="health"),
    path("metrics", views.prometheus, name="metrics"),
]
