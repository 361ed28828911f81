"""The tags of public pages that show goods (core.page_store, docs/caching.md)."""

from uuid import UUID

from apps.catalog.types import STEP


def product_tag(product_id: UUID) -> str:
    """What a product's own page shows of it: texts, pictures, offers, units, reviews."""
    return f"product:{product_id}"


def shelf_tag(category_path: str = "") -> str:
    """What lies in a branch, its cards, their order and counts; without a path, in the whole shop."""
    return f"shelf:{category_path}"


def shelf_tags(*category_paths: str) -> set[str]:
    """Return the tags of all branches that these categories lie in, up to the whole shop."""
    return {
        shelf_tag(path[:end]) for path in category_paths for end in range(0, len(path) + 1, STEP)
    }
