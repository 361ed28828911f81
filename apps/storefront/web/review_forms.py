"""The form of a review: stars, words, photos that came with it and photos that it had."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalog.services.images import MAX_BYTES, UnusablePicture
from apps.core import clock
from apps.core.errors import DomainError
from apps.core.web.requests import ShopRequest
from apps.reviews.models import Review, ReviewPhoto
from apps.reviews.rules import MAX_PHOTOS, MAX_TEXT, MAX_TITLE
from apps.reviews.selectors import own_photos
from apps.reviews.services.limits import count_photo
from apps.reviews.services.photos import TooManyPhotos, add_photo
from apps.reviews.types import ReviewDraft

STAR_WORDS = (
    (1, _("Bad")),
    (2, _("Poor")),
    (3, _("Fair")),
    (4, _("Good")),
    (5, _("Great")),
)


class ReviewForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=_("Your rating"),
        choices=STAR_WORDS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one to five stars.")},
    )
    title = forms.CharField(
        label=_("In short"),
        max_length=MAX_TITLE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("Your review"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What did you like, what not? No phone numbers, addresses or links, please."),
    )

    def to_draft(self, language: str, photos: Sequence[ReviewPhoto]) -> ReviewDraft:
        return ReviewDraft(
            rating=self.cleaned_data["rating"],
            title=self.cleaned_data["title"],
            text=self.cleaned_data["text"],
            language=language,
            photo_ids=tuple(photo.id for photo in photos),
        )


def form_of(review: Review | None) -> ReviewForm:
    """Return the form as it is first shown."""
    if review is None:
        return ReviewForm()
    names = ("rating", "title", "text")
    return ReviewForm(initial={name: getattr(review, name) for name in names})


def sent_photos(request: ShopRequest) -> tuple[list[ReviewPhoto], list[str]]:
    """Return the photos that were kept and those that came now, stored, and what was wrong with others.

    What could be stored stays with the form, whatever else is wrong in it.
    """
    photos = own_photos(request.viewer, _ids(request.POST.getlist("photo_ids")))[:MAX_PHOTOS]
    faults: list[str] = []
    for sent in request.FILES.getlist("photos"):
        try:
            if len(photos) >= MAX_PHOTOS:
                raise TooManyPhotos(limit=MAX_PHOTOS)
            if (sent.size or 0) > MAX_BYTES:
                raise UnusablePicture
            count_photo(request.viewer)
            photos.append(add_photo(content=sent.read(), actor=request.viewer, now=clock.now()))
        except DomainError as refusal:
            faults.append(f"{sent.name}: {refusal}")
    return photos, faults


def _ids(texts: Sequence[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))
