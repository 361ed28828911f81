"""Routes of the catalogue's API."""

from django.urls import path

from apps.catalog.api import views

urlpatterns = [
    path("categories/", views.CategoriesView.as_view(), name="categories"),
    path("favourites/", views.FavoritesView.as_view(), name="favourites"),
]
