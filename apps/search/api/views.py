"""Search over the API: the same for everybody."""

from dataclasses import asdict

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.catalog.selectors.cards import cards
from apps.catalog.selectors.search_source import first_skus
from apps.core.api.permissions import Public
from apps.core.api.schema import described
from apps.core.api.serializers import checked_query
from apps.search.api.serializers import (
    SearchOut,
    SearchParameters,
    SuggestOut,
    SuggestParameters,
)
from apps.search.selectors import find, suggest

CARD_FIELDS = (
    "product_id", "title", "brand", "price", "old_price", "rating", "rating_count", "is_in_stock",
    "seller_name",
)  # fmt: skip


class SearchView(APIView):
    permission_classes = [Public]

    @described("Search the catalogue", query=SearchParameters, answer=SearchOut)
    def get(self, request: Request) -> Response:
        query = checked_query(SearchParameters, request.query_params).to_query()
        result = find(query)
        skus = first_skus(result.product_ids)
        shown = cards(result.product_ids, language=query.language)
        hits = [
            {
                "sku": skus.get(card.product_id, ""),
                **{name: getattr(card, name) for name in CARD_FIELDS},
            }
            for card in shown
        ]
        answer = {
            "results": hits,
            "total": result.total,
            "is_total_exact": result.is_total_exact,
            "facets": result.facets,
            "corrected": result.corrected_text,
        }
        return Response(SearchOut.of(answer))


class SuggestView(APIView):
    permission_classes = [Public]

    @described("Complete what is being typed", query=SuggestParameters, answer=SuggestOut)
    def get(self, request: Request) -> Response:
        given = checked_query(SuggestParameters, request.query_params).validated_data
        found = suggest(given["q"], given["language"], given["limit"])
        return Response(SuggestOut.of({"suggestions": [asdict(one) for one in found]}))
