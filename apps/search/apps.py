from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "apps.search"

    def ready(self) -> None:
        from apps.search import handlers  # noqa: F401  registers the reaction to changed cards
