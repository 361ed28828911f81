from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    name = "apps.logistics"

    def ready(self) -> None:
        from apps.logistics import journals  # noqa: F401  registers invariants
