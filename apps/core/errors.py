"""Refusals: a domain says no with a stable code, parameters and a sentence for people."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Base of every refusal. `code` is stable and dotted; `message` is translatable, filled from params."""

    code: ClassVar[str] = "domain.refused"
    message: ClassVar[str | Promise] = _("This cannot be done.")
    http_status: ClassVar[int] = 409

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code, params)

    def __str__(self) -> str:
        return str(self.message) % self.params


class NotFound(DomainError):
    """The row is not there, or is not the viewer's."""

    code = "not_found"
    message = _("There is nothing here, or it is not yours.")
    http_status = 404


class Busy(DomainError):
    """Locks could not be had in time; nothing was changed."""

    code = "busy"
    message = _("Many people are doing this right now. Nothing was changed; please try again.")


class InvalidInput(DomainError):
    """A value is out of range or malformed; params name the field."""

    code = "input.invalid"
    message = _("This value cannot be used.")
    http_status = 422
