from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class BackofficeConfig(AppConfig):
    name = "apps.backoffice"


class BackofficeAdminConfig(AdminConfig):
    default_site = "apps.backoffice.site.BackofficeSite"

    def ready(self) -> None:
        super().ready()
        from django.contrib import admin

        from apps.backoffice.codes import name_codes
        from apps.backoffice.empty import explain_empty_lists
        from apps.backoffice.names import name_models

        name_models(admin.site)
        name_codes()
        explain_empty_lists(admin.site)
