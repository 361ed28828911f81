"""Routes of the reviews' API."""

from django.urls import path

from apps.reviews.api import views

urlpatterns = [
    path("products/<str:short_id>/reviews/", views.ReviewsView.as_view(), name="reviews"),
]
