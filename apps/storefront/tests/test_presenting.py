"""The address of a product is the one that the router would give."""

import pytest
from django.urls import reverse
from django.utils import translation

from apps.storefront.presenting import product_url


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
@pytest.mark.parametrize("slug", ["tea-cup-250-ml", "item", "slug"])
def test_address_of_a_product_is_the_routers(language: str, slug: str) -> None:
    with translation.override(language):
        expected = reverse("storefront:product", kwargs={"slug": slug, "short_id": "y8bknvr2tx"})

        assert product_url(slug, "y8bknvr2tx") == expected
