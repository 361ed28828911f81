"""Every kind of page and an actor who may see it, read from the access matrix."""

from http import HTTPStatus

from django.http import HttpResponse

from marketplace.tests import access
from marketplace.tests.access import filled, url_of
from marketplace.tests.scene import Scene

TABLE = access.load()
# Who is asked first sees most of a page.
SEERS = (
    "customer", "seller_owner", "courier", "link_holder", "anonymous", "superadmin",
)  # fmt: skip
# Answers that are a file: what they are of and whether a browser may show it in its window.
FILES = {
    "/en/orders/<group_id>/documents/<document_id>/file/": ("application/pdf", "attachment"),
    "/en/seller/documents/<document_id>/file/": ("application/pdf", "attachment"),
    "/backoffice/documents/document/<document_id>/file/": ("application/pdf", "attachment"),
    "/api/v1/orders/<group_id>/documents/<document_id>/file/": ("application/pdf", "attachment"),
    "/en/evidence/<photo_id>/": ("image/webp", "inline"),
}


def addresses(prefix: str, actor: str) -> list[str]:
    return sorted(
        address
        for address, row in TABLE.rows.items()
        if address.startswith(prefix)
        and row.outcomes.get("GET", {}).get(actor) == "ok"
        and address not in FILES
    )


def pages(*prefixes: str) -> list[tuple[str, str]]:
    """Address and actor of each page below the prefixes that anybody sees."""
    found: dict[str, str] = {}
    for prefix in prefixes:
        for actor in SEERS:
            for address in addresses(prefix, actor):
                if actor != "customer" or "/seller/" not in address:
                    found.setdefault(address, actor)
    return sorted(found.items())


def place(scene: Scene, address: str) -> str:
    row = TABLE.rows.get(address)
    return url_of(address, scene.values | (filled(row.places, scene.values) if row else {}))


def seen(scene: Scene, address: str, actor: str, language: str = "en") -> HttpResponse:
    url = place(scene, address).replace("/en/", f"/{language}/", 1)
    answer = scene.people[actor].call("GET", url, {})
    if answer.status_code == HTTPStatus.MOVED_PERMANENTLY:  # A slug is of one language.
        answer = scene.people[actor].call("GET", answer["Location"], {})
    return answer
