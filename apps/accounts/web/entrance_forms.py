"""allauth's forms in our words: its placeholders repeat the labels, half of them in English.

A module of its own: allauth imports ours for registration before its own forms are there.
"""

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _


class _Plain:
    """Labels alone; `LABELS` gives some of the fields ours."""

    LABELS: dict[str, Any] = {}
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        for name, label in self.LABELS.items():
            self.fields[name].label = label


class LoginForm(_Plain, forms.LoginForm):  # type: ignore[misc]  # allauth is untyped
    pass


class SignupForm(_Plain, forms.SignupForm):  # type: ignore[misc]  # allauth is untyped
    pass


class EmailForm(_Plain, forms.AddEmailForm):  # type: ignore[misc]  # allauth is untyped
    LABELS = {"email": _("E-mail")}


class ForgottenPasswordForm(_Plain, forms.ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    LABELS = {"email": _("E-mail")}


class NewPasswordForm(_Plain, forms.ChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    LABELS = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password once more"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The way to a forgotten one stands below the form.
        self.fields["oldpassword"].help_text = ""
