"""Who keeps the stock of one warehouse only."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase


class WarehouseKeeper(UserObjectPermissionBase):
    """A grant of guardian with a real foreign key: a stock keeper who has one sees these warehouses alone.

    It only ever narrows what the role of a member allows; without a member behind it, it opens nothing.
    """

    content_object = models.ForeignKey(
        "catalog.Warehouse", on_delete=models.CASCADE, related_name="keepers"
    )

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("keeper of a warehouse")
        verbose_name_plural = _("keepers of warehouses")

    def __str__(self) -> str:
        return f"{self.user_id} {self.content_object_id}"
