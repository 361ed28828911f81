from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "apps.payments"

    def ready(self) -> None:
        from apps.payments import (  # noqa: F401  they register reactions and invariants
            handlers,
            journals,
            journals_chargebacks,
        )
