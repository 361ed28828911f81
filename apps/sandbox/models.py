"""Tables of the development app."""

from django.db import models
from django.db.models.functions import Now


class CaughtEmail(models.Model):
    """A mail that the demo sent, kept instead of delivered."""

    to = models.CharField(max_length=500)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject
