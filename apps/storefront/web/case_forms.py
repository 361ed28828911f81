"""Forms of returns and disputes: they read what people type; services decide."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.formats import format_money
from apps.core.money import Money
from apps.core.web.fields import AmountField
from apps.orders.types_returns import (
    NOTE_LENGTH,
    RETURN_DISPUTES,
    DisputeReason,
    ReturnReason,
)
from apps.orders.web.forms import PhotosField, UnitsChosen, WordsForm, new_key


class ReturnForm(UnitsChosen):
    """Units of each line, why, pictures. `key` is made with the page: sending twice asks once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=new_key)

    def __init__(
        self, *args: Any, lines: Sequence[tuple[UUID, str, int, str]], **kwargs: Any
    ) -> None:
        """`lines`: id, title, how many can be sent back, a hint."""
        super().__init__(*args, **kwargs)
        self.line_ids = {self.name_of(line_id): line_id for line_id, *_rest in lines}
        for line_id, title, free, hint in lines:
            self.fields[self.name_of(line_id)] = forms.IntegerField(
                label=title,
                min_value=0,
                max_value=free,
                initial=free if len(lines) == 1 else 0,
                help_text=hint,
                error_messages={"max_value": _("You have %(count)s.") % {"count": free}},
            )
        self.fields["reason"] = forms.ChoiceField(
            label=_("Why"),
            choices=ReturnReason.choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Say why: the seller reads it.")},
        )
        self.fields["note"] = forms.CharField(
            label=_("What happened"),
            required=False,
            max_length=NOTE_LENGTH,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
        self.fields["photos"] = PhotosField()

    @property
    def units(self) -> list[Any]:
        return [self[name] for name in self.line_ids]


class SentForm(forms.Form):
    carrier = forms.CharField(label=_("Who carries it"), max_length=80, required=False)
    tracking_number = forms.CharField(
        label=_("Tracking number"),
        max_length=80,
        required=False,
        help_text=_("It proves that you sent it, should the parcel get lost."),
    )


class DisputeForm(WordsForm):
    def __init__(self, *args: Any, left: Money, is_of_return: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [
            reason for reason in DisputeReason if (reason in RETURN_DISPUTES) == is_of_return
        ]
        if not is_of_return:
            self.fields["reason"] = forms.ChoiceField(
                label=_("What is wrong"),
                choices=[(reason.value, reason.label) for reason in reasons],
                widget=forms.RadioSelect,
            )
        self.fields["wanted"] = AmountField(
            currency=left.currency,
            label=_("How much you want back"),
            initial=left,
            help_text=_("At most %(sum)s.") % {"sum": format_money(left)},
        )
        self.order_fields(["key", "reason", "wanted", "text", "photos"])
