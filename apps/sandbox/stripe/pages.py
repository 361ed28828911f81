"""The hosted page: an origin of its own, forms that need no JavaScript, test cards in a select."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from apps.core.formats import format_money
from apps.core.money import CURRENCIES, Money
from apps.sandbox.stripe import onboarding
from apps.sandbox.stripe.cards import CARDS
from apps.sandbox.stripe.engine import Engine
from apps.sandbox.stripe.html import page, redirect
from apps.sandbox.stripe.wire import ApiError, Request, Response

STYLE = (Path(__file__).parent / "page.css").read_bytes()
_PAY = re.compile(r"/c/pay/([A-Za-z0-9_]+)(/secure)?")


def answer(engine: Engine, request: Request) -> Response:
    """Show the page of a session, or do what its form asks for."""
    if request.path == "/assets/page.css":
        headers = {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "max-age=3600"}
        return Response(200, STYLE, headers)
    if request.path == "/":
        return page("about", {}, language="en")
    if onboarding.is_for(request):
        return onboarding.answer(engine, request)
    found = _PAY.fullmatch(request.path)
    if found is None or request.method not in ("GET", "POST"):
        return page("gone", {"is_unknown": True}, language="en", status=404)
    with engine.store.lock:
        try:
            session = engine.find("sessions", "checkout.session", found[1])
        except ApiError:
            return page("gone", {"is_unknown": True}, language="en", status=404)
        if request.method == "POST":
            form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            return _act(engine, session, form, is_secure=bool(found[2]))
        return _shown(engine, session, is_secure=bool(found[2]))


def _act(
    engine: Engine, session: dict[str, Any], form: dict[str, str], *, is_secure: bool
) -> Response:
    if form.get("action") == "cancel":
        return redirect(session["cancel_url"])
    if session["status"] != "open":
        return _shown(engine, session)
    if is_secure:
        engine.answer_bank(session, is_approved=form.get("action") == "approve")
    elif form.get("card") in CARDS:
        engine.submit_card(session, form["card"])
    engine.store.save()
    intent = engine.store.intents.get(session["payment_intent"] or "")
    if session["status"] == "complete":
        return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    step = "/secure" if intent and intent["status"] == "requires_action" else ""
    return redirect(f"{engine.base_url}/c/pay/{session['id']}{step}")


def _shown(engine: Engine, session: dict[str, Any], *, is_secure: bool = False) -> Response:
    language = session["locale"] if session["locale"] in ("en", "ru") else "en"
    intent = engine.store.intents.get(session["payment_intent"] or "")
    context = {
        "session": session,
        "amount": _amount(session, language),
        "cards": list(CARDS.values()),
        "error": intent["last_payment_error"] if intent else None,
        "chosen": intent["payment_method"] if intent else "",
    }
    if session["status"] != "open":
        return page("gone", context, language=language)
    asks = is_secure and intent is not None and intent["status"] == "requires_action"
    return page("secure" if asks else "pay", context, language=language)


def _amount(session: dict[str, Any], language: str) -> str:
    currency = session["currency"].upper()
    if currency not in CURRENCIES:
        return f"{session['amount_total']} {currency}"
    return format_money(Money(session["amount_total"], currency), language)
