"""The hosted onboarding page: the payee names a test bank and passes the checks, or does not."""

import re
from typing import Any
from urllib.parse import parse_qs

from apps.sandbox.stripe.banks import BANKS
from apps.sandbox.stripe.engine import Engine
from apps.sandbox.stripe.html import page, redirect
from apps.sandbox.stripe.wire import Request, Response

_LINK = re.compile(r"/connect/([A-Za-z0-9_]+)")


def is_for(request: Request) -> bool:
    return _LINK.fullmatch(request.path) is not None


def answer(engine: Engine, request: Request) -> Response:
    """Show the page of a link, or do what its form asks for; a used or old link leads back."""
    found = _LINK.fullmatch(request.path)
    with engine.store.lock:
        known = engine.store.links.get(found[1]) if found else None
        if known is None or request.method not in ("GET", "POST"):
            return page("gone", {"is_unknown": True}, language="en", status=404)
        link = engine.connect.open_link(known["id"])
        if link is None:
            return redirect(known["refresh_url"])
        if request.method == "POST":
            form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            return _act(engine, link, form)
        account = engine.store.accounts[link["account"]]
        context = {"account": account, "banks": list(BANKS.values())}
        return page("onboarding", context, language=_language(request))


def _language(request: Request) -> str:
    """The page is in the browser's language where we have it; a link names none."""
    return "ru" if request.header("accept-language").lower().startswith("ru") else "en"


def _act(engine: Engine, link: dict[str, Any], form: dict[str, str]) -> Response:
    account = engine.store.accounts[link["account"]]
    link["is_used"] = True
    if form.get("action") == "verify" and form.get("bank") in BANKS:
        engine.connect.tell_bank(account, form["bank"])
    elif form.get("action") == "restrict":
        engine.connect.restrict(account)
    engine.store.save()
    return redirect(link["return_url"])
