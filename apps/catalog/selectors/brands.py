"""Brands by id, for the labels of filters."""

from collections.abc import Collection

from apps.catalog.models import Brand


def brand_names(brand_ids: Collection[int]) -> dict[int, str]:
    return dict(Brand.objects.filter(id__in=brand_ids).values_list("id", "name"))
