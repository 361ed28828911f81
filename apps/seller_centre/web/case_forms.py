"""Forms of returns: what the seller says of them; services decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.orders.models import ReturnLine
from apps.orders.types_returns import NOTE_LENGTH, Condition, Verdict

WHY_LENGTH = 500


class RejectForm(forms.Form):
    why = forms.CharField(
        label=_("Why not"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The buyer reads it and may open a dispute."),
        error_messages={"required": _("Say why: the buyer reads it.")},
    )


class LineVerdictForm(forms.Form):
    """What was found of one line."""

    def __init__(self, *args: Any, row: ReturnLine, title: str, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"prefix": f"line-{row.id}"}))
        self.row, self.title = row, title
        self.fields["accepted"] = forms.IntegerField(
            label=_("Accepted units"),
            min_value=0,
            max_value=row.quantity,
            initial=row.quantity,
            help_text=_("%(count)s came back.") % {"count": row.quantity},
        )
        self.fields["condition"] = forms.ChoiceField(
            label=_("Its state"), choices=Condition.choices, initial=Condition.RESTOCK
        )
        self.fields["why"] = forms.CharField(
            label=_("Why not all"),
            max_length=WHY_LENGTH,
            required=False,
            help_text=_("The buyer reads it. Needed where fewer are accepted than came back."),
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        accepted = values.get("accepted")
        if accepted is not None and accepted < self.row.quantity and not values.get("why"):
            self.add_error("why", _("Say why: the buyer reads it."))
        return values

    def verdict(self) -> Verdict:
        values = self.cleaned_data
        return Verdict(
            line_id=self.row.line_id,
            accepted=values["accepted"],
            condition=Condition(values["condition"]),
            why=values["why"],
        )


def verdict_forms(
    rows: Sequence[ReturnLine], titles: Sequence[str], data: Any = None
) -> list[LineVerdictForm]:
    return [
        LineVerdictForm(data, row=row, title=title) for row, title in zip(rows, titles, strict=True)
    ]
