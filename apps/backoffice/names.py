"""What the back office calls models and their fields, in words that can be translated.

Models name themselves and their fields for programmers, and Django makes labels of those names; a `verbose_name`
on each of them would be a migration and a line for every field. Here the names are looked up as they stand in labels.py and field_labels.py.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# One and several, where a model's own name would puzzle.
RENAMED = {
    "account.EmailAddress": ("e-mail address", "e-mail addresses"),
    "auth.Group": ("role", "roles"),
    "catalog.VariantCode": ("barcode", "barcodes"),
    "core.NumberSeries": ("number series", "number series"),
    "documents.Rendering": ("file", "files"),
    "logistics.CourierTask": ("courier's task", "courier's tasks"),
    "notifications.Delivery": ("message", "messages"),
    "orders.CasePhoto": ("picture", "pictures"),
    "orders.OrderGroup": ("purchase", "purchases"),
    "orders.OrderLineTax": ("tax of a line", "taxes of a line"),
    "orders.ReturnLine": ("returned line", "returned lines"),
    "payments.ChargebackPart": ("part of a chargeback", "parts of a chargeback"),
    "payments.PaymentAllocation": ("share of a payment", "shares of a payment"),
}


def name_models(site: AdminSite) -> None:
    """Let the models of the back office and what stands on their pages be called in the reader's words.

    What a package has made translatable stays as it is.
    """
    windows = site._registry.values()  # noqa: SLF001  what is registered
    for model in {*site._registry, *(one.model for window in windows for one in window.inlines)}:  # noqa: SLF001
        options: Any = model._meta  # noqa: SLF001  Django's documented model API
        if options.label in RENAMED or not isinstance(options.verbose_name, Promise):
            own = (str(options.verbose_name), str(options.verbose_name_plural))
            one, several = RENAMED.get(options.label, own)
            options.verbose_name = pgettext_lazy("model", one)
            options.verbose_name_plural = pgettext_lazy("model", several)
        for field in options.get_fields():
            if isinstance(field, Field) and not isinstance(field.verbose_name, Promise):
                field.verbose_name = pgettext_lazy("field", str(field.verbose_name))
