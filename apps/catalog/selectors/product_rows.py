"""A product with all that its page shows, read by one statement."""

from typing import Any

from apps.catalog.selectors.attributes import ATTRIBUTES_OF_CODES
from apps.catalog.selectors.earlier_prices import LOWEST_BEFORE_OF_OFFER
from apps.catalog.selectors.supply import DISPATCH_OF_OFFER, FREE_OF_OFFER
from apps.catalog.selectors.texts import language_order
from apps.core.sql import documents

_VARIANTS = """
  SELECT json_agg(json_build_object('id', variant.id, 'sku', variant.sku, 'options', variant.options,
    'position', variant.position, 'weight_grams', variant.weight_grams,
    'size_mm', json_build_array(variant.length_mm, variant.width_mm, variant.height_mm),
    'codes', ARRAY(SELECT gtin FROM catalog_variantcode AS code
      WHERE code.variant_id = variant.id ORDER BY code.id))
    ORDER BY variant.position, variant.id)
  FROM catalog_variant AS variant WHERE variant.product_id = product.id AND variant.is_active
"""
_PICTURES = """
  SELECT json_agg(json_build_object('hash', image.content_hash, 'widths', image.renditions,
    'width', image.width, 'height', image.height, 'preview', image.preview, 'alt', image.alt,
    'options', image.options, 'position', image.position)
    ORDER BY image.position, image.id)
  FROM catalog_productimage AS image WHERE image.product_id = product.id
"""
# Open offers of the variants above, each with its worth for comparing.
_OFFERS = f"""
  SELECT json_agg(json_build_object('id', offer.id, 'variant_id', offer.variant_id,
    'currency', offer.currency, 'price_minor', offer.price_minor,
    'old_price_minor', offer.old_price_minor, 'lowest_minor', ({LOWEST_BEFORE_OF_OFFER.format(offer="offer.id")}),
    'base_per_unit', rate.base_per_unit::text, 'handling_days', offer.handling_days,
    'seller_id', seller.id, 'seller_name', seller.name, 'seller_slug', seller.slug,
    'seller_rating_hundredths', seller.rating_hundredths, 'seller_since', seller.activated_at,
    'free', ({FREE_OF_OFFER.format(offer="offer.id")}),
    'place', ({DISPATCH_OF_OFFER.format(offer="offer.id")})))
  FROM catalog_offer AS offer
  JOIN catalog_variant AS variant
    ON variant.id = offer.variant_id AND variant.product_id = product.id AND variant.is_active
  JOIN sellers_seller AS seller ON seller.id = offer.seller_id AND seller.status = 'ACTIVE'
  LEFT JOIN catalog_comparisonrate AS rate ON rate.currency = offer.currency
  WHERE offer.is_active
"""  # noqa: S608  our own fragments
_ATTRIBUTE_CODES = """
  SELECT jsonb_object_keys(product.attributes)
  UNION SELECT jsonb_array_elements_text(product.variant_axes)
  UNION SELECT jsonb_object_keys(variant.options) FROM catalog_variant AS variant
    WHERE variant.product_id = product.id AND variant.is_active
"""
_PRODUCT = f"""
SELECT product.id, product.short_id, product.attributes, product.variant_axes,
  product.rating_hundredths, product.rating_count, product.sales_count, product.published_at,
  product.brand_id, brand.name AS brand, brand.slug AS brand_slug, category.path AS category_path,
  (SELECT json_object_agg(text.language, text.slug) FROM catalog_producttext AS text
    WHERE text.product_id = product.id) AS slugs,
  (SELECT json_build_object('title', text.title, 'description', text.description, 'slug', text.slug)
    FROM catalog_producttext AS text
    WHERE text.product_id = product.id AND text.language = ANY(%(languages)s)
    ORDER BY array_position(%(languages)s, text.language::text) LIMIT 1) AS text,
  ({_VARIANTS}) AS variants, ({_PICTURES}) AS pictures, ({_OFFERS}) AS offers,
  ({ATTRIBUTES_OF_CODES.format(codes=_ATTRIBUTE_CODES)}) AS attributes_by_code
FROM catalog_product AS product
JOIN catalog_category AS category ON category.id = product.category_id AND category.is_visible
LEFT JOIN catalog_brand AS brand ON brand.id = product.brand_id
WHERE product.short_id = %(short_id)s AND product.status = 'PUBLISHED'
"""  # noqa: S608  our own fragments


def product_row(short_id: str, language: str) -> dict[str, Any] | None:
    """Return a published product with its variants, pictures, offers and attributes; None where there is none."""
    rows = documents(_PRODUCT, {"short_id": short_id, "languages": list(language_order(language))})
    return rows[0] if rows else None
