from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "apps.orders"

    def ready(self) -> None:
        from apps.orders import handlers, journals  # noqa: F401  registers reactions and invariants
