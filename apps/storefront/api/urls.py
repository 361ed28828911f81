"""Routes of the API that show several apps at once: products."""

from django.urls import path

from apps.storefront.api import views

urlpatterns = [
    path("products/", views.ProductsView.as_view(), name="products"),
    path("products/<str:short_id>/", views.ProductView.as_view(), name="product"),
]
