"""Routes of payments."""

from django.urls import path

from apps.payments.web import webhooks

urlpatterns = [
    path("webhooks/stripe/", webhooks.stripe_webhook, name="stripe_webhook"),
    path(
        "webhooks/stripe/connect/",
        webhooks.stripe_connect_webhook,
        name="stripe_connect_webhook",
    ),
]
