from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "apps.reviews"

    def ready(self) -> None:
        from apps.reviews import handlers, journals  # noqa: F401  registers reactions and invariants
