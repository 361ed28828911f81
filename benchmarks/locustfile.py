"""The journeys of `make bench` for Locust, against any shop that runs: docs/performance.md says how.

Each user has an address of its own, sent as a trusted proxy would; set TRUSTED_PROXY_COUNT=1 for the shop.
Pages and goods are read from the shop itself.
"""

import os
import random
import re
import uuid
from typing import Any, ClassVar

from locust import FastHttpUser, between, task

EMAIL = "locust@people.example"
ADDRESS = {
    "recipient_name": "Aziza Karimova",
    "phone": "+998901234567",
    "country": "UZ",
    "region": "",
    "city": "Toshkent",
    "street": "Bobur",
    "house": "12",
    "apartment": "4",
    "postcode": "",
    "note": "",
}


class Shopper(FastHttpUser):
    """A guest: looks around much, searches, now and then buys."""

    wait_time = between(0.5, 3)
    languages: ClassVar = ("en", "ru", "uz")

    def on_start(self) -> None:
        self.language = random.choice(self.languages)
        self.proxied = {
            "X-Forwarded-For": "10.{}.{}.{}".format(*os.urandom(3)),
            "X-Forwarded-Proto": "https",
        }
        page = self.get("/catalogue/", "catalogue").text or ""
        self.categories = sorted(set(re.findall(rf"/{self.language}/c/([-\w]+)/", page)))
        found = self.api("GET", "products/?in_stock=true", "API products")
        self.products = found["results"]
        self.words = [word for one in self.products for word in one["title"].split()[:4]]

    def get(self, path: str, name: str) -> Any:
        return self.client.get(f"/{self.language}{path}", name=name, headers=self.proxied)

    def api(self, method: str, path: str, name: str, body: Any = None, **headers: str) -> Any:
        with self.client.request(
            method,
            f"/api/v1/{path}",
            name=name,
            json=body,
            headers={**self.proxied, "Accept-Language": self.language, **headers},
        ) as answer:
            return answer.json()

    @task(4)
    def home(self) -> None:
        self.get("/", "home")

    @task(8)
    def listing(self) -> None:
        self.get(f"/c/{random.choice(self.categories)}/", "listing")

    @task(2)
    def listing_deep(self) -> None:
        page = random.randint(2, 40)
        self.get(f"/c/{random.choice(self.categories)}/?page={page}", "listing, deep")

    @task(3)
    def listing_filtered(self) -> None:
        self.get(f"/c/{random.choice(self.categories)}/?in_stock=1", "listing, filtered")

    @task(12)
    def product(self) -> None:
        self.client.get(random.choice(self.products)["url"], name="product", headers=self.proxied)

    @task(4)
    def search(self) -> None:
        self.get(f"/search/?q={random.choice(self.words)}", "search")

    @task(6)
    def suggest(self) -> None:
        self.get(f"/search/suggest/?q={random.choice(self.words)[:3]}", "suggest")

    @task(2)
    def buy(self) -> None:
        offer = random.choice(self.products)["offer_id"]
        added = self.api("POST", "cart/lines/", "add to cart", {"offer_id": offer})
        cart = {"X-Cart-Token": added["cart_token"]}
        opened = self.api("POST", "checkout/", "checkout: open", {"currency": "UZS"}, **cart)
        path = f"checkout/{opened['id']}/"
        given = {"email": EMAIL, "address": ADDRESS}
        self.api("PATCH", path, "checkout: address", given, **cart)
        quote = self.api("POST", f"{path}quote/", "checkout: quote", {}, **cart)
        self.api(
            "POST",
            "orders/",
            "checkout: place",
            {"checkout_id": opened["id"], "quote_digest": quote["digest"]},
            **cart,
            **{"Idempotency-Key": uuid.uuid4().hex},
        )
