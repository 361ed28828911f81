"""The form of the style guide: one field of each kind, at rest and as a wrong answer leaves it."""

from django import forms

COUNTRIES = [("UZ", "Uzbekistan"), ("RU", "Russia"), ("KZ", "Kazakhstan")]
WAYS = [("courier", "Courier, tomorrow"), ("pickup", "Pickup point, Thu, 26 Nov")]


class Specimen(forms.Form):
    name = forms.CharField(label="Full name", help_text="As it should stand on the parcel.")
    email = forms.EmailField(label="E-mail")
    phone = forms.CharField(label="Phone", widget=forms.TextInput(attrs={"type": "tel"}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    units = forms.IntegerField(label="Units", min_value=1, max_value=99, initial=2)
    country = forms.ChoiceField(label="Country", choices=COUNTRIES)
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label="Note for the courier",
        required=False,
        widget=forms.Textarea(attrs={"placeholder": "The second entrance, from the yard"}),
    )
    picture = forms.FileField(label="Picture", required=False, help_text="JPEG, PNG or WebP.")
    way = forms.ChoiceField(label="Delivery", choices=WAYS, widget=forms.RadioSelect)
    is_gift = forms.BooleanField(
        label="It is a gift", required=False, help_text="No prices are put into the parcel."
    )
    order = forms.CharField(label="Order", disabled=True, initial="K-104233")


def form_at_rest(prefix: str) -> Specimen:
    return Specimen(prefix=prefix)


def form_filled(prefix: str, **values: str) -> Specimen:
    return Specimen(prefix=prefix, initial=values)


def form_refused(prefix: str) -> Specimen:
    """Return the form with an error at every field that can have one."""
    wrong = {"email": "aziza.example", "units": "0", "country": "XX", "day": "31.02.2026"}
    form = Specimen({f"{prefix}-{name}": value for name, value in wrong.items()}, prefix=prefix)
    form.add_error(None, "The address is outside of the regions where this seller delivers.")
    return form
