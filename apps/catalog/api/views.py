"""The category tree and favourites."""

from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.api.serializers import CategoryOut, FavoriteIn, FavoritesOut
from apps.catalog.selectors import cards, tree
from apps.catalog.services import shelves
from apps.core.api.permissions import Public, SignedIn
from apps.core.api.schema import described
from apps.core.api.views import ApiView


class CategoriesView(ApiView):
    permission_classes = [Public]

    @described("The category tree", answer=CategoryOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(CategoryOut.of_many(tree.tree(self.language)))


class FavoritesView(ApiView):
    permission_classes = [SignedIn]

    @described("Favourites, newest first", answer=FavoritesOut)
    def get(self, request: Request) -> Response:
        return self._answer()

    @described("Add or drop a favourite", body=FavoriteIn, answer=FavoritesOut, errors=(404,))
    def put(self, request: Request) -> Response:
        given = self.read(FavoriteIn)
        shelves.set_favorite(user_id=self.account_id, **given)
        return self._answer()

    def _answer(self) -> Response:
        found = cards.cards(cards.favorite_ids(self.viewer), language=self.language)
        return Response(FavoritesOut.of({"results": found}))
