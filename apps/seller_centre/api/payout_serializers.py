"""What the API of a shop's payouts takes and shows."""

from rest_framework import serializers

from apps.core.api.fields import MoneyField
from apps.core.api.serializers import Input, Output, WholeNumberField
from apps.payments.types_payouts import PayoutRhythm

# Beyond any balance: what is larger is a mistake, not a sum.
MAX_MINOR = 10**15


class ShopQuery(Input):
    seller_id = serializers.UUIDField()


class PayoutsQuery(ShopQuery):
    before = serializers.UUIDField(required=False, help_text="`next_before` of the page before.")
    limit = serializers.RegexField(
        r"^([1-9]|[1-9][0-9]|100)$", required=False, help_text="1 to 100"
    )


class PayoutIn(Input):
    seller_id = serializers.UUIDField()
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    amount_minor = WholeNumberField(
        min_value=1,
        max_value=MAX_MINOR,
        required=False,
        help_text="In minor units. Left out: all that may be paid out.",
    )


class AccountIn(Input):
    seller_id = serializers.UUIDField()
    currency = serializers.RegexField(r"^[A-Z]{3}$")


class ScheduleIn(Input):
    seller_id = serializers.UUIDField()
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    rhythm = serializers.ChoiceField(choices=PayoutRhythm.choices)
    weekday = WholeNumberField(
        min_value=1, max_value=7, required=False, help_text="Of weekly payouts; 1 is Monday."
    )


class PayoutOut(Output):
    id = serializers.UUIDField()
    number = serializers.CharField()
    seller_id = serializers.UUIDField(source="payee_id")
    state = serializers.CharField()
    origin = serializers.CharField()
    amount = MoneyField()
    account_last4 = serializers.CharField(source="account.last4")
    requested_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    arrives_on = serializers.DateField(allow_null=True)
    paid_at = serializers.DateTimeField(
        allow_null=True, help_text="A paid payout may still come back within days."
    )
    failed_at = serializers.DateTimeField(allow_null=True)
    failure_code = serializers.CharField()


class PayoutsOut(Output):
    next_before = serializers.UUIDField(allow_null=True)
    results = PayoutOut(many=True)


class BankOut(Output):
    """What may be shown of an account: the payment provider alone knows its number."""

    state = serializers.CharField()
    bank = serializers.CharField()
    last4 = serializers.CharField()
    usable_from = serializers.DateTimeField(
        allow_null=True, help_text="Until then payouts wait, because the account is new."
    )


class ScheduleOut(Output):
    rhythm = serializers.CharField()
    weekday = serializers.IntegerField()


class PurseOut(Output):
    currency = serializers.CharField()
    available = MoneyField()
    on_hold = MoneyField(help_text="Of it, what waits while banks decide about chargebacks.")
    least = MoneyField(help_text="The least sum that is paid out.")
    owes = serializers.BooleanField(help_text="Nothing is paid out until it is covered.")
    account = BankOut(allow_null=True)
    begun = BankOut(allow_null=True, help_text="The account that is to take its place.")
    schedule = ScheduleOut(allow_null=True)


class PursesOut(Output):
    results = PurseOut(many=True)
