from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "apps.catalog"

    def ready(self) -> None:
        from apps.catalog import handlers, journals  # noqa: F401  registers reactions and invariants
