"""Routes of the reviews' API."""

from django.urls import path

from apps.reviews.api import views

urlpatterns = [
    path("products/<str:short_id>/reviews/", views.ReviewsView.as_view(), name="reviews"),
    path("me/reviews/", views.OwnReviewsView.as_view(), name="own-reviews"),
    path("me/reviews/to-write/", views.ToReviewView.as_view(), name="to-review"),
    path("reviews/", views.WriteView.as_view(), name="review-write"),
    path("reviews/photos/", views.PhotosView.as_view(), name="review-photos"),
    path("reviews/<uuid:review_id>/", views.ReviewView.as_view(), name="review"),
    path("reviews/<uuid:review_id>/helpful/", views.HelpfulView.as_view(), name="review-helpful"),
    path("reviews/<uuid:review_id>/answer/", views.AnswerView.as_view(), name="review-answer"),
]
