"""Routes of search in the API."""

from django.urls import path

from apps.search.api.views import SearchView, SuggestView

urlpatterns = [
    path("", SearchView.as_view(), name="search"),
    path("suggest/", SuggestView.as_view(), name="suggest"),
]
