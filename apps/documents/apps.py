from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "apps.documents"

    def ready(self) -> None:
        from apps.documents import handlers, journals  # noqa: F401  registers reactions and invariants
