"""The wish of a bulk change: what, and by how much."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Warehouse
from apps.catalog.rules import power_for
from apps.catalog.services.bulk_changes import BulkWish
from apps.catalog.types import BulkKind
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.forms import AmountField

_WITHOUT_VALUE = {BulkKind.ON_SALE, BulkKind.OFF_SALE}
_SPACES = str.maketrans("", "", " \u00a0\u202f%")


class BulkForm(forms.Form):
    """`kind` holds what the member may do; `value` is read by it."""

    kind = forms.ChoiceField(label=_("What to do"))
    value = forms.CharField(
        label=_("Number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Percent (−10 or 5), a price, days or units; empty for sale on and off."),
    )
    warehouse = forms.ChoiceField(label=_("Warehouse (for units)"), required=False)

    def __init__(
        self, *args: Any, desk: Desk, warehouses: Sequence[Warehouse], **kwargs: Any
    ) -> None:
        super().__init__(*args, **({"auto_id": "bulk-%s"} | kwargs))
        for field in self.fields.values():
            # The bar stands beside the table, the form that both belong to is elsewhere.
            field.widget.attrs["form"] = "bulk"
        self.currency = desk.seller.currency
        kinds = [kind for kind in BulkKind if desk.member.may(power_for(kind))]
        if not warehouses:
            kinds = [kind for kind in kinds if kind != BulkKind.ADD_STOCK]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["warehouse"].choices = [(str(row.id), row.name) for row in warehouses]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "kind" not in values:
            return values
        kind = BulkKind(values["kind"])
        if kind == BulkKind.ADD_STOCK and not values.get("warehouse"):
            self.add_error("warehouse", _("Choose a warehouse."))
        if kind not in _WITHOUT_VALUE:
            self._read(kind, values.get("value", ""))
        return values

    def _read(self, kind: BulkKind, text: str) -> None:
        try:
            self.number = self._number(kind, text)
        except forms.ValidationError as error:
            self.add_error("value", error)

    def _number(self, kind: BulkKind, text: str) -> int:
        if kind == BulkKind.PRICE_AMOUNT:
            price = AmountField(currency=self.currency).clean(text)
            return int(price.minor)
        plain = text.translate(_SPACES).replace(",", ".").replace("−", "-").replace("–", "-")
        try:
            number = Decimal(plain)
        except InvalidOperation:
            raise forms.ValidationError(_("Write a number.")) from None
        scaled = number * 100 if kind == BulkKind.PRICE_PERCENT else number
        if not scaled.is_finite() or abs(scaled) > 10**9 or scaled != int(scaled):
            words = (
                _("Two digits after the point at most.")
                if kind == BulkKind.PRICE_PERCENT
                else _("Write a whole number.")
            )
            raise forms.ValidationError(words)
        return int(scaled)

    def wish(self) -> BulkWish:
        kind = BulkKind(self.cleaned_data["kind"])
        warehouse = self.cleaned_data["warehouse"] if kind == BulkKind.ADD_STOCK else ""
        return BulkWish(
            kind=kind,
            value=0 if kind in _WITHOUT_VALUE else self.number,
            warehouse_id=UUID(warehouse) if warehouse else None,
        )
