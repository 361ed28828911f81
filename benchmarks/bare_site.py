"""The yardstick's site: one query of 24 rows, one template of 24 cards, Django and nothing besides."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from marketplace.settings import env

CARDS = 24
PAGE = """<!doctype html><title>Shelf</title><main>{% for card in cards %}
<article id="{{ card.product_id }}"><a href="/p/{{ card.product_id }}/">
<h2>{{ card.texts.en.title }}</h2></a><p>{{ card.price_minor }} {{ card.currency }}</p>
{% if card.old_price_minor %}<s>{{ card.old_price_minor }}</s>{% endif %}
<p>{{ card.seller_name }}{% if card.rating_count %}, {{ card.rating_count }} reviews{% endif %}</p>
</article>{% endfor %}</main>"""

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": env.database(os.environ["DATABASE_URL"])
        | {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": False}
    },
    ROOT_URLCONF=__name__,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
application = get_wsgi_application()


class Card(models.Model):
    product_id = models.UUIDField(primary_key=True)
    texts = models.JSONField()
    seller_name = models.TextField()
    currency = models.TextField()
    price_minor = models.BigIntegerField()
    old_price_minor = models.BigIntegerField(null=True)
    rating_count = models.IntegerField()

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "catalog_listingcard"


page = engines["django"].from_string(PAGE)


def shelf(request: HttpRequest) -> HttpResponse:
    cards = Card.objects.order_by("product_id")[:CARDS]
    return HttpResponse(page.render({"cards": cards}, request))


def ping(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("pong")


urlpatterns = [path("", shelf), path("ping", ping)]
