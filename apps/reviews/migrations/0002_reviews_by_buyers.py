"""What buyers write, what sellers answer, who found it helpful; invitations to write."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.functions.uuid
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_movement_of_cancelled_sale"),
        ("orders", "0006_fulfilment_indexes"),
        ("reviews", "0001_initial"),
        ("sellers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HelpfulVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReviewAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReviewInvitation",
            fields=[
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="orders.order",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReviewPhoto",
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
                ("position", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("content_hash", models.CharField(max_length=64)),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("renditions", models.JSONField()),
                ("preview", models.TextField(blank=True, default="")),
                ("uploaded_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="review",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="helpful_count",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="review",
            name="line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.orderline",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="published_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="reject_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ADVERTISING", "It advertises, or leads to other places."),
                    ("ABUSE", "It insults people."),
                    ("PERSONAL_DATA", "It tells personal data."),
                    ("OFF_TOPIC", "It is not about the product."),
                ],
                db_default="",
                default="",
                max_length=13,
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="rejected_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="seller",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sellers.seller",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="submitted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="review",
            name="author_name",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AlterField(
            model_name="review",
            name="status",
            field=models.CharField(
                choices=[
                    ("IN_MODERATION", "In moderation"),
                    ("PUBLISHED", "Published"),
                    ("REJECTED", "Rejected"),
                    ("DELETED", "Deleted"),
                ],
                default="IN_MODERATION",
                max_length=13,
            ),
        ),
        migrations.AddField(
            model_name="helpfulvote",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="votes",
                to="reviews.review",
            ),
        ),
        migrations.AddField(
            model_name="helpfulvote",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reviewanswer",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reviewanswer",
            name="review",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answer",
                to="reviews.review",
            ),
        ),
        migrations.AddField(
            model_name="reviewanswer",
            name="seller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sellers.seller"
            ),
        ),
        migrations.AddIndex(
            model_name="reviewinvitation",
            index=models.Index(
                condition=models.Q(("closed_at", None)),
                fields=["due_at"],
                name="review_invitation_due",
            ),
        ),
        migrations.AddField(
            model_name="reviewphoto",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reviewphoto",
            name="review",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="photos",
                to="reviews.review",
            ),
        ),
        migrations.AddConstraint(
            model_name="helpfulvote",
            constraint=models.UniqueConstraint(fields=("review", "user"), name="review_vote_once"),
        ),
        migrations.AddConstraint(
            model_name="reviewanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.LessThanOrEqual(
                        django.db.models.functions.text.Length("text"), 2000
                    ),
                    models.Q(("text", ""), _negated=True),
                ),
                name="review_answer_length",
            ),
        ),
        migrations.AddIndex(
            model_name="reviewphoto",
            index=models.Index(
                condition=models.Q(("review", None)),
                fields=["uploaded_at"],
                name="review_photo_loose",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewphoto",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("position", None), ("review", None)),
                    models.Q(("position__lt", 5), ("review__isnull", False)),
                    _connector="OR",
                ),
                name="review_photo_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewphoto",
            constraint=models.UniqueConstraint(
                fields=("review", "position"), name="review_photo_once"
            ),
        ),
    ]
