"""Payouts: a payee's available balance on its way to the payee's bank.

Invariant (triggers, migrations/0021): a payout moves along rules_payouts.MOVES alone, its amount,
payee and account never change, a provider's id is written once; nothing is ever deleted. No bank
number is kept here: the provider has it, we keep what may be shown.
"""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.ids import UUID7Field
from apps.core.money import Money
from apps.payments.rules_payouts import GAVE_BACK
from apps.payments.types_payouts import (
    PayoutAccountState,
    PayoutOrigin,
    PayoutRhythm,
    PayoutState,
)

Q = models.Q


class PayoutAccount(models.Model):
    """Where a payee's money in one currency goes: an account at the provider with a bank behind it."""

    id = UUID7Field()
    payee_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2)
    provider = models.CharField(max_length=20)
    provider_account_id = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(
        max_length=10, choices=PayoutAccountState, default=PayoutAccountState.PENDING
    )
    holder = models.CharField(max_length=200, blank=True, default="")
    bank = models.CharField(max_length=100, blank=True, default="")
    last4 = models.CharField(max_length=4, blank=True, default="")
    # The provider's name of the bank account: another one means that the payee changed it there.
    bank_reference = models.CharField(max_length=100, blank=True, default="")
    # What the provider still waits for, or why it refused.
    requirement = models.CharField(max_length=100, blank=True, default="")
    return_url = models.URLField(max_length=500)
    # A page for one visit: whoever has the address may go in, so it is shown to the owner alone.
    link_url = models.URLField(max_length=1000, blank=True, default="")
    link_expires_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    # Since when this bank is the payee's; payouts wait until usable_from.
    changed_at = models.DateTimeField(null=True)
    usable_from = models.DateTimeField(null=True)
    restricted_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payee_id", "currency"],
                condition=Q(state__in=["VERIFIED", "RESTRICTED"]),
                name="payout_account_one_current",
            ),
            models.UniqueConstraint(
                fields=["payee_id", "currency"],
                condition=Q(state="PENDING"),
                name="payout_account_one_pending",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_account_id"],
                condition=~Q(provider_account_id=""),
                name="payout_account_provider_once",
            ),
            models.CheckConstraint(
                name="payout_account_verified",
                condition=Q(state="PENDING")
                | Q(
                    verified_at__isnull=False,
                    usable_from__isnull=False,
                    usable_from__gte=models.F("changed_at"),
                )
                & ~Q(provider_account_id="")
                & ~Q(last4=""),
            ),
            models.CheckConstraint(
                name="payout_account_replaced_at",
                condition=Q(state="REPLACED", replaced_at__isnull=False)
                | (~Q(state="REPLACED") & Q(replaced_at=None)),
            ),
            models.CheckConstraint(
                name="payout_account_restricted_at",
                condition=~Q(state="RESTRICTED") | Q(restricted_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["payee_id", "-id"], name="payout_account_of_payee"),
            models.Index(
                fields=["check_at"],
                name="payout_account_due",
                condition=Q(check_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} ···· {self.last4}" if self.last4 else f"{self.currency} {self.state}"

    def is_usable(self, now: datetime) -> bool:
        return (
            self.state == PayoutAccountState.VERIFIED
            and self.usable_from is not None
            and self.usable_from <= now
        )


def _with(*states: str) -> Q:
    return ~Q(state__in=states)


class Payout(models.Model):
    """One sum on its way to a bank. `key` names the request for ever; calls carry the id as their key."""

    id = UUID7Field()
    number = models.CharField(max_length=20, unique=True)
    payee_id = models.UUIDField()
    account = models.ForeignKey(PayoutAccount, on_delete=models.PROTECT, related_name="payouts")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    key = models.CharField(max_length=200, unique=True)
    origin = models.CharField(max_length=9, choices=PayoutOrigin)
    state = models.CharField(max_length=13, choices=PayoutState, default=PayoutState.CREATED)
    provider_transfer_id = models.CharField(max_length=100, blank=True, default="")
    provider_payout_id = models.CharField(max_length=100, blank=True, default="")
    provider_reversal_id = models.CharField(max_length=100, blank=True, default="")
    failure_code = models.CharField(max_length=60, blank=True, default="")
    arrives_on = models.DateField(null=True)
    requested_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    # Written before the first call of each kind: a later one looks for its effect first.
    transfer_called_at = models.DateTimeField(null=True)
    payout_called_at = models.DateTimeField(null=True)
    reversal_called_at = models.DateTimeField(null=True)
    unknown_at = models.DateTimeField(null=True)
    transferred_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    returning_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    # When the worker acts next; null: nothing to do.
    check_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("approve_payout", "Can approve a payout"),
            ("stop_payout", "Can stop a payout"),
        ]
        constraints = [
            models.CheckConstraint(name="payout_amount", condition=Q(amount_minor__gt=0)),
            models.UniqueConstraint(
                fields=["provider_transfer_id"],
                condition=~Q(provider_transfer_id=""),
                name="payout_transfer_once",
            ),
            models.UniqueConstraint(
                fields=["provider_payout_id"],
                condition=~Q(provider_payout_id=""),
                name="payout_provider_once",
            ),
            models.CheckConstraint(
                name="payout_stopped_before_it_was_sent",
                condition=_with("STOPPED")
                | Q(stopped_at__isnull=False, transfer_called_at=None, provider_transfer_id=""),
            ),
            models.CheckConstraint(
                name="payout_unknown_at", condition=_with("UNKNOWN") | Q(unknown_at__isnull=False)
            ),
            models.CheckConstraint(
                name="payout_transferred",
                condition=_with("SENT_TRANSFER", "IN_TRANSIT", "PAID", "RETURNING")
                | Q(transferred_at__isnull=False) & ~Q(provider_transfer_id=""),
            ),
            models.CheckConstraint(
                name="payout_sent",
                condition=_with("IN_TRANSIT", "PAID")
                | Q(sent_at__isnull=False) & ~Q(provider_payout_id=""),
            ),
            models.CheckConstraint(
                name="payout_paid_at", condition=_with("PAID") | Q(paid_at__isnull=False)
            ),
            models.CheckConstraint(
                name="payout_returning_at",
                condition=_with("RETURNING") | Q(returning_at__isnull=False),
            ),
            models.CheckConstraint(
                # The seller has the money again only where it never left or was taken back.
                name="payout_failed_money_is_back",
                condition=_with("FAILED")
                | Q(failed_at__isnull=False)
                & (Q(provider_transfer_id="") | ~Q(provider_reversal_id="")),
            ),
            models.CheckConstraint(
                name="payout_over_has_no_clock",
                condition=_with(*GAVE_BACK) | Q(check_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["payee_id", "-id"], name="payout_of_payee"),
            models.Index(
                fields=["check_at"], name="payout_due", condition=Q(check_at__isnull=False)
            ),
            models.Index(fields=["requested_at"], name="payout_held", condition=Q(state="HELD")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class PayoutSchedule(models.Model):
    """When a payee's balance in one currency is paid out by itself; `ran_for` is the last due moment."""

    id = models.BigAutoField(primary_key=True)
    payee_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    rhythm = models.CharField(max_length=7, choices=PayoutRhythm, default=PayoutRhythm.NONE)
    # Monday is 1; of weekly payouts alone.
    weekday = models.PositiveSmallIntegerField(_("day of the week"), default=1)
    changed_at = models.DateTimeField()
    ran_for = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payee_id", "currency"], name="payout_schedule_once"),
            models.CheckConstraint(
                name="payout_schedule_weekday", condition=Q(weekday__gte=1, weekday__lte=7)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rhythm}"
