from django.apps import AppConfig


class SellerCentreConfig(AppConfig):
    name = "apps.seller_centre"

    def ready(self) -> None:
        from apps.seller_centre import handlers  # noqa: F401  registers reactions
