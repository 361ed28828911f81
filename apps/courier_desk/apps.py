from django.apps import AppConfig


class CourierDeskConfig(AppConfig):
    name = "apps.courier_desk"
