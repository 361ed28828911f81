"""Form parts that the pages of both sides share."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalog.services.images import MAX_BYTES
from apps.orders.types_returns import NOTE_LENGTH, PHOTO_LIMIT


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Up to five pictures; it comes back as their bytes."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(
            required=False,
            label=_("Pictures"),
            help_text=_(
                "Up to 5: JPEG, PNG or WebP, 10 MB together. Only the two sides and the marketplace see them."
            ),
            widget=PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
            **extra,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = [row for row in data or [] if row] if isinstance(data, (list, tuple)) else []
        if len(files) > PHOTO_LIMIT:
            raise forms.ValidationError(_("At most 5 pictures, please."))
        if sum(row.size for row in files) > MAX_BYTES:
            raise forms.ValidationError(_("The pictures are larger than 10 MB together."))
        return [row.read() for row in files]


def new_key() -> str:
    return uuid4().hex


class WordsForm(forms.Form):
    """What a side says in a dispute."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=new_key)
    text = forms.CharField(
        label=_("Your words"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The other side and the marketplace read it. It cannot be changed later."),
    )
    photos = PhotosField()


class UnitsChosen(forms.Form):
    """Units of lines, one number a line; a form that adds the fields names them in `line_ids`."""

    line_ids: dict[str, UUID]

    @staticmethod
    def name_of(line_id: UUID) -> str:
        return f"units-{line_id}"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(values.get(name) for name in self.line_ids):
            raise forms.ValidationError(_("Choose one unit at least."))
        return values

    def items(self) -> dict[UUID, int]:
        return {
            line_id: self.cleaned_data[name]
            for name, line_id in self.line_ids.items()
            if self.cleaned_data[name]
        }
