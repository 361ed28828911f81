"""The control interface of tests and of the demo: faults, the clock, the record of what was charged."""

import json
from typing import Any

from apps.sandbox.stripe import balance
from apps.sandbox.stripe.engine import Engine
from apps.sandbox.stripe.wire import ApiError, Request, Response, as_json

PREFIX = "/_sandbox/"


def answer(engine: Engine, request: Request) -> Response:
    """Answer one control call; what was asked for wrongly gets 400 with the reason."""
    try:
        given = json.loads(request.body or b"{}")
        return as_json(_run(engine, request, given))
    except (ValueError, TypeError, KeyError) as error:
        return as_json({"error": str(error)}, status=400)
    except ApiError as error:
        return as_json(error.body, status=error.status)


def _run(engine: Engine, request: Request, given: dict[str, Any]) -> Any:
    name = request.path.removeprefix(PREFIX)
    match request.method, name:
        case "GET", "record":
            return engine.store.record()
        case "GET", "faults":
            return engine.faults.listed()
        case "POST", "faults":
            engine.faults.add(given)
            return engine.faults.listed()
        case "DELETE", "faults":
            engine.faults.clear()
            return []
        case "POST", "clock":
            with engine.store.lock:
                engine.store.clock_shift = int(given["shift_seconds"])
                engine.expire_due()
                engine.connect.settle_due()
                engine.disputes.expire_due()
                engine.store.save()
            return {"now": engine.store.now()}
        case "POST", "reset":
            engine.faults.clear()
            engine.deliverer.clear()
            engine.store.clear()
            return {}
        case "POST", "refund":
            with engine.store.lock:
                refund = engine.find("refunds", "refund", str(given["id"]))
                engine.settle_refund(refund, str(given["status"]))
                engine.store.save()
            return refund
        case "POST", "payout" | "statement" | "dispute" | "dispute_outcome":
            with engine.store.lock:
                changed = _changed(engine, name, given)
                engine.store.save()
            return changed
        case "POST", "resend":
            engine.deliverer.send(engine.find("events", "event", str(given["id"])))
            return {}
    raise ValueError(f"no control call {request.method} {request.path}")


def _changed(engine: Engine, name: str, given: dict[str, Any]) -> Any:
    """Let the bank move a payout or dispute a charge, or the statement lie."""
    if name == "statement":
        return balance.spoil(engine.store, given)
    if name == "dispute":
        return engine.disputes.open(given)
    if name == "dispute_outcome":
        dispute = engine.find("disputes", "dispute", str(given["id"]))
        if given["status"] == "escalated":
            engine.disputes.escalate(dispute)
        else:
            engine.disputes.decide(dispute, str(given["status"]))
        return dispute
    payout = engine.find("payouts", "payout", str(given["id"]))
    engine.connect.move_payout(payout, str(given["status"]))
    return payout
