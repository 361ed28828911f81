"""Types that cross the edge of reviews."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReviewStatus(TextChoices):
    IN_MODERATION = "IN_MODERATION", _("In moderation")
    PUBLISHED = "PUBLISHED", _("Published")
    REJECTED = "REJECTED", _("Rejected")
    DELETED = "DELETED", _("Deleted")


class RejectReason(TextChoices):
    """Why staff reject a review: its author reads this."""

    ADVERTISING = "ADVERTISING", _("It advertises, or leads to other places.")
    ABUSE = "ABUSE", _("It insults people.")
    PERSONAL_DATA = "PERSONAL_DATA", _("It tells personal data.")
    OFF_TOPIC = "OFF_TOPIC", _("It is not about the product.")


class ReviewSort(TextChoices):
    """Orders of published reviews; the first is the usual one."""

    NEWEST = "newest", _("Newest")
    HELPFUL = "helpful", _("Most helpful")
    HIGHEST = "highest", _("Highest rating")
    LOWEST = "lowest", _("Lowest rating")
    PHOTOS = "photos", _("With photos")


class SellerReviewTab(TextChoices):
    """The saved filters of a seller's reviews."""

    UNANSWERED = "unanswered", _("To answer")
    LOW = "low", _("1 to 3 stars")


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """What an author says; `photo_ids` name uploads of theirs, in the order in which they are shown."""

    rating: int
    title: str = ""
    text: str = ""
    language: str = "en"
    photo_ids: tuple[UUID, ...] = ()
