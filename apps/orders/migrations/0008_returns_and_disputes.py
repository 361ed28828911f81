"""Returns, disputes and their pictures; the terms frozen on an order and its lines."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.db import migrations, models

import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_category_terms"),
        ("orders", "0007_refund_permissions"),
        ("payments", "0007_reversal_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="CasePhoto",
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
                ("content_hash", models.CharField(max_length=64)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("widths", models.JSONField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Dispute",
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
                ("key", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "The seller answers"),
                            ("SELLER_ANSWERED", "The seller has answered"),
                            ("IN_ARBITRATION", "The marketplace decides"),
                            ("DECIDED", "Decided"),
                            ("WITHDRAWN", "Withdrawn"),
                        ],
                        default="OPEN",
                        max_length=15,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("NOT_RECEIVED", "I did not get it"),
                            ("NOT_AS_DESCRIBED", "It is not as described"),
                            ("RETURN_REJECTED", "The seller refused my return"),
                            ("REFUND_TOO_SMALL", "Too little money came back"),
                        ],
                        max_length=16,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("wanted_minor", models.BigIntegerField()),
                ("refund_minor", models.BigIntegerField(blank=True, null=True)),
                ("decision", models.CharField(blank=True, default="", max_length=2000)),
                ("decided_by", models.CharField(blank=True, default="", max_length=200)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("open_at", models.DateTimeField()),
                ("seller_answered_at", models.DateTimeField(blank=True, null=True)),
                ("in_arbitration_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "permissions": [("decide_dispute", "Can decide disputes")],
            },
        ),
        migrations.CreateModel(
            name="DisputeMessage",
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
                ("key", models.CharField(max_length=64)),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("BUYER", "Buyer"),
                            ("SELLER", "Seller"),
                            ("STAFF", "Marketplace"),
                        ],
                        max_length=6,
                    ),
                ),
                ("actor_id", models.UUIDField(null=True)),
                ("text", models.CharField(max_length=2000)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Return",
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
                ("key", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "Waits for the seller"),
                            ("APPROVED", "To be sent back"),
                            ("IN_TRANSIT", "On its way back"),
                            ("RECEIVED", "With the seller"),
                            ("REFUNDED", "Money returned"),
                            ("REJECTED", "Refused by the seller"),
                            ("EXPIRED", "Not sent back in time"),
                            ("CANCELLED", "Withdrawn"),
                        ],
                        default="REQUESTED",
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("FAULTY", "It does not work"),
                            ("WRONG_ITEM", "It is not what I ordered"),
                            ("NOT_AS_DESCRIBED", "It is not as described"),
                            ("DAMAGED", "It came damaged"),
                            ("CHANGED_MIND", "I do not need it any more"),
                            ("OTHER", "Another reason"),
                        ],
                        max_length=16,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=2000)),
                ("answer", models.CharField(blank=True, default="", max_length=2000)),
                ("ship_to", models.JSONField(blank=True, null=True)),
                ("code", models.CharField(max_length=8)),
                ("carrier", models.CharField(blank=True, default="", max_length=80)),
                ("tracking_number", models.CharField(blank=True, default="", max_length=80)),
                ("currency", models.CharField(max_length=3)),
                ("refund_minor", models.BigIntegerField(blank=True, null=True)),
                ("is_by_clock", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("requested_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("in_transit_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                ("refunded_at", models.DateTimeField(blank=True, null=True)),
                ("rejected_at", models.DateTimeField(blank=True, null=True)),
                ("expired_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveSmallIntegerField()),
                ("accepted_quantity", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "condition",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RESTOCK", "Can be sold again"),
                            ("WRITE_OFF", "Cannot be sold again"),
                        ],
                        default="",
                        max_length=9,
                    ),
                ),
                ("why", models.CharField(blank=True, default="", max_length=500)),
            ],
        ),
        migrations.AddField(
            model_name="order",
            name="escrow_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="orderline",
            name="return_days",
            field=models.PositiveSmallIntegerField(db_default=14, default=14),
        ),
        migrations.AddField(
            model_name="orderline",
            name="sent_back_quantity",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="order",
            name="cancel_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("NOT_PAID", "It was not paid in time."),
                    ("SOLD_OUT", "It was sold out when the payment came. The money goes back."),
                    ("BY_BUYER", "The buyer cancelled it."),
                    ("BY_SELLER", "The seller cannot deliver it. The money goes back."),
                    ("OUT_OF_STOCK", "The seller has run out of it. The money goes back."),
                    ("SELLER_LATE", "The seller did not send it in time. The money goes back."),
                    ("REFUSED", "It was not accepted or not collected. The money goes back."),
                    ("LOST", "It was lost on the way. The money goes back."),
                    ("BY_STAFF", "The marketplace cancelled it. The money goes back."),
                    ("SENT_BACK", "Everything was sent back to the seller."),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="ordergroup",
            name="cancel_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("NOT_PAID", "It was not paid in time."),
                    ("SOLD_OUT", "It was sold out when the payment came. The money goes back."),
                    ("BY_BUYER", "The buyer cancelled it."),
                    ("BY_SELLER", "The seller cannot deliver it. The money goes back."),
                    ("OUT_OF_STOCK", "The seller has run out of it. The money goes back."),
                    ("SELLER_LATE", "The seller did not send it in time. The money goes back."),
                    ("REFUSED", "It was not accepted or not collected. The money goes back."),
                    ("LOST", "It was lost on the way. The money goes back."),
                    ("BY_STAFF", "The marketplace cancelled it. The money goes back."),
                    ("SENT_BACK", "Everything was sent back to the seller."),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("sent_back_quantity__lte", models.F("delivered_quantity"))),
                name="order_line_sent_back",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="hold",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.escrowhold",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="orders.order",
            ),
        ),
        migrations.AddField(
            model_name="disputemessage",
            name="dispute",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="orders.dispute",
            ),
        ),
        migrations.AddField(
            model_name="casephoto",
            name="message",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="photos",
                to="orders.disputemessage",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="orders.order",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="return_case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="orders.return",
            ),
        ),
        migrations.AddField(
            model_name="casephoto",
            name="return_case",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="photos",
                to="orders.return",
            ),
        ),
        migrations.AddField(
            model_name="returnline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
            ),
        ),
        migrations.AddField(
            model_name="returnline",
            name="return_case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="orders.return",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputemessage",
            constraint=models.UniqueConstraint(
                fields=("dispute", "key"), name="dispute_message_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="disputemessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="dispute_message_says_something",
            ),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["REQUESTED", "APPROVED", "IN_TRANSIT", "RECEIVED"])
                ),
                fields=["due_at"],
                name="return_due",
            ),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["order", "state"], name="return_of_order"),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.UniqueConstraint(fields=("order", "key"), name="return_asked_once"),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refund_minor__gte", 0), ("state", "REFUNDED")),
                    models.Q(
                        models.Q(("state", "REFUNDED"), _negated=True), ("refund_minor", None)
                    ),
                    _connector="OR",
                ),
                name="return_refund_is_of_its_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["REQUESTED", "APPROVED", "IN_TRANSIT", "RECEIVED"]),
                        _negated=True,
                    ),
                    ("due_at__isnull", False),
                    _connector="OR",
                ),
                name="return_open_has_a_clock",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "REJECTED"), _negated=True),
                    models.Q(("answer", ""), _negated=True),
                    _connector="OR",
                ),
                name="return_rejected_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="dispute_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(fields=("order", "key"), name="dispute_opened_once"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["OPEN", "SELLER_ANSWERED", "IN_ARBITRATION"])),
                fields=("order",),
                name="dispute_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("wanted_minor__gt", 0),
                    models.Q(("refund_minor", None), ("refund_minor__gte", 0), _connector="OR"),
                ),
                name="dispute_sums",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", False),
                        ("refund_minor__isnull", False),
                        ("state", "DECIDED"),
                    ),
                    models.Q(
                        models.Q(("state", "DECIDED"), _negated=True),
                        ("decided_at", None),
                        ("refund_minor", None),
                    ),
                    _connector="OR",
                ),
                name="dispute_decision_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="casephoto",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("message__isnull", False), ("return_case", None)),
                    models.Q(("message", None), ("return_case__isnull", False)),
                    _connector="OR",
                ),
                name="case_photo_of_one_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.UniqueConstraint(
                fields=("return_case", "line"), name="return_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    models.Q(
                        ("accepted_quantity", None),
                        ("accepted_quantity__lte", models.F("quantity")),
                        _connector="OR",
                    ),
                ),
                name="return_line_quantities",
            ),
        ),
    ]
