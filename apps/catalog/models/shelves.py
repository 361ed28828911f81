"""Shoppers' lists of products: favourites and what was viewed."""

from django.db import models
from django.db.models.functions import Now


class Favorite(models.Model):
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="favorite_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.product_id}"


class ViewedProduct(models.Model):
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+")
    viewed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="viewed_once"),
        ]
        indexes = [models.Index(fields=["user", "-viewed_at"], name="viewed_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.product_id}"
