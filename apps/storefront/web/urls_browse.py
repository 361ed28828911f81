"""Routes of the browse pages."""

from django.urls import URLPattern, path

from apps.storefront.web import favorites, home, listing, product, reviews

urlpatterns: list[URLPattern] = [
    path("", home.show, name="home"),
    path("me/continue/", home.personal, name="continue"),
    path("c/<slug:code>/", listing.category, name="category"),
    path("search/", listing.search, name="search"),
    path("search/suggest/", listing.suggest, name="suggest"),
    path("p/<slug:slug>-<str:short_id>/", product.show, name="product"),
    path("p/<uuid:product_id>/viewed/", product.note_viewed, name="note_viewed"),
    path("p/<uuid:product_id>/personal/", product.personal, name="product_personal"),
    path("p/<uuid:product_id>/reviews/mine/", reviews.mine, name="review_mine"),
    path("p/<uuid:product_id>/review/", reviews.write, name="review_write"),
    path("reviews/<uuid:review_id>/helpful/", reviews.vote, name="review_helpful"),
    path("favourites/", favorites.show, name="favorites"),
    path("favourites/set/", favorites.set_favorite, name="set_favorite"),
]
