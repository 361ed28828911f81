from django.apps import AppConfig


class SellerCentreConfig(AppConfig):
    name = "apps.seller_centre"
