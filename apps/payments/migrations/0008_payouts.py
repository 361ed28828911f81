import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0007_reversal_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="providerevent",
            name="account_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AlterField(
            model_name="incident",
            name="kind",
            field=models.CharField(
                choices=[
                    ("AMOUNT_MISMATCH", "Amount Mismatch"),
                    ("UNKNOWN_PAYMENT", "Unknown Payment"),
                    ("DOUBLE_CAPTURE", "Double Capture"),
                    ("REFUND_FAILED", "Refund Failed"),
                    ("CONTRADICTION", "Contradiction"),
                    ("PAYOUT_UNKNOWN", "Payout Unknown"),
                    ("PAYOUT_STUCK", "Payout Stuck"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="PayoutAccount",
            fields=[
                (
                    "id",
                    apps.core.ids.UUID7Field(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("payee_id", models.UUIDField()),
                ("currency", models.CharField(max_length=3)),
                ("country", models.CharField(max_length=2)),
                ("provider", models.CharField(max_length=20)),
                ("provider_account_id", models.CharField(blank=True, default="", max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "Waits for the bank details"),
                            ("VERIFIED", "Verified"),
                            ("RESTRICTED", "Restricted"),
                            ("REPLACED", "Replaced"),
                        ],
                        default="PENDING",
                        max_length=10,
                    ),
                ),
                ("holder", models.CharField(blank=True, default="", max_length=200)),
                ("bank", models.CharField(blank=True, default="", max_length=100)),
                ("last4", models.CharField(blank=True, default="", max_length=4)),
                ("bank_reference", models.CharField(blank=True, default="", max_length=100)),
                ("requirement", models.CharField(blank=True, default="", max_length=100)),
                ("return_url", models.URLField(max_length=500)),
                ("link_url", models.URLField(blank=True, default="", max_length=1000)),
                ("link_expires_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("verified_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(null=True)),
                ("usable_from", models.DateTimeField(null=True)),
                ("restricted_at", models.DateTimeField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                ("check_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["payee_id", "-id"], name="payout_account_of_payee"),
                    models.Index(
                        condition=models.Q(("check_at__isnull", False)),
                        fields=["check_at"],
                        name="payout_account_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["VERIFIED", "RESTRICTED"])),
                        fields=("payee_id", "currency"),
                        name="payout_account_one_current",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "PENDING")),
                        fields=("payee_id", "currency"),
                        name="payout_account_one_pending",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("provider_account_id", ""), _negated=True),
                        fields=("provider", "provider_account_id"),
                        name="payout_account_provider_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "PENDING"),
                            models.Q(
                                ("usable_from__gte", models.F("changed_at")),
                                ("usable_from__isnull", False),
                                ("verified_at__isnull", False),
                                models.Q(("provider_account_id", ""), _negated=True),
                                models.Q(("last4", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payout_account_verified",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replaced_at__isnull", False), ("state", "REPLACED")),
                            models.Q(
                                models.Q(("state", "REPLACED"), _negated=True),
                                ("replaced_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="payout_account_replaced_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "RESTRICTED"), _negated=True),
                            ("restricted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="payout_account_restricted_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutSchedule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("payee_id", models.UUIDField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("NONE", "By hand alone"),
                            ("DAILY", "Every day"),
                            ("WEEKLY", "Every week"),
                            ("MONTHLY", "On the first of every month"),
                        ],
                        default="NONE",
                        max_length=7,
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(default=1, verbose_name="day of the week"),
                ),
                ("changed_at", models.DateTimeField()),
                ("ran_for", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payee_id", "currency"), name="payout_schedule_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__gte", 1), ("weekday__lte", 7)),
                        name="payout_schedule_weekday",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    apps.core.ids.UUID7Field(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("payee_id", models.UUIDField()),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("key", models.CharField(max_length=200, unique=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[("MANUAL", "By hand"), ("SCHEDULED", "By schedule")], max_length=9
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("HELD", "Waits for approval"),
                            ("CREATED", "To be sent"),
                            ("STOPPED", "Stopped"),
                            ("UNKNOWN", "Being checked"),
                            ("SENT_TRANSFER", "Being sent"),
                            ("IN_TRANSIT", "On its way to the bank"),
                            ("RETURNING", "Coming back"),
                            ("PAID", "Paid out"),
                            ("FAILED", "Failed, the money is back"),
                        ],
                        default="CREATED",
                        max_length=13,
                    ),
                ),
                ("provider_transfer_id", models.CharField(blank=True, default="", max_length=100)),
                ("provider_payout_id", models.CharField(blank=True, default="", max_length=100)),
                ("provider_reversal_id", models.CharField(blank=True, default="", max_length=100)),
                ("failure_code", models.CharField(blank=True, default="", max_length=60)),
                ("arrives_on", models.DateField(null=True)),
                ("requested_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("transfer_called_at", models.DateTimeField(null=True)),
                ("payout_called_at", models.DateTimeField(null=True)),
                ("reversal_called_at", models.DateTimeField(null=True)),
                ("unknown_at", models.DateTimeField(null=True)),
                ("transferred_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("returning_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("check_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="payments.payoutaccount",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("approve_payout", "Can approve a payout"),
                    ("stop_payout", "Can stop a payout"),
                ],
                "indexes": [
                    models.Index(fields=["payee_id", "-id"], name="payout_of_payee"),
                    models.Index(
                        condition=models.Q(("check_at__isnull", False)),
                        fields=["check_at"],
                        name="payout_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "HELD")),
                        fields=["requested_at"],
                        name="payout_held",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="payout_amount"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("provider_transfer_id", ""), _negated=True),
                        fields=("provider_transfer_id",),
                        name="payout_transfer_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("provider_payout_id", ""), _negated=True),
                        fields=("provider_payout_id",),
                        name="payout_provider_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("STOPPED",)), _negated=True),
                            models.Q(
                                ("provider_transfer_id", ""),
                                ("stopped_at__isnull", False),
                                ("transfer_called_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="payout_stopped_before_it_was_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("UNKNOWN",)), _negated=True),
                            ("unknown_at__isnull", False),
                            _connector="OR",
                        ),
                        name="payout_unknown_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("SENT_TRANSFER", "IN_TRANSIT", "PAID", "RETURNING")),
                                _negated=True,
                            ),
                            models.Q(
                                ("transferred_at__isnull", False),
                                models.Q(("provider_transfer_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payout_transferred",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("IN_TRANSIT", "PAID")), _negated=True),
                            models.Q(
                                ("sent_at__isnull", False),
                                models.Q(("provider_payout_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payout_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("PAID",)), _negated=True),
                            ("paid_at__isnull", False),
                            _connector="OR",
                        ),
                        name="payout_paid_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("RETURNING",)), _negated=True),
                            ("returning_at__isnull", False),
                            _connector="OR",
                        ),
                        name="payout_returning_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("FAILED",)), _negated=True),
                            models.Q(
                                ("failed_at__isnull", False),
                                models.Q(
                                    ("provider_transfer_id", ""),
                                    models.Q(("provider_reversal_id", ""), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="payout_failed_money_is_back",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("STOPPED", "FAILED")), _negated=True),
                            ("check_at", None),
                            _connector="OR",
                        ),
                        name="payout_over_has_no_clock",
                    ),
                ],
            },
        ),
    ]
