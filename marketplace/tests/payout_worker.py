"""A money worker that does nothing but payouts, in a process of its own: R14 starts two and kills them.

Its clocks are short, so that what a killed worker held is taken up within a second. With "blind" it
forgets its keys and does not look before it sends again: the control.
"""

import sys
import time
import uuid
from datetime import timedelta

PAUSE_SECONDS = 0.05


def shorten_clocks() -> None:
    from apps.payments.services import payout_reports, payout_sending

    payout_sending.LEASE = timedelta(seconds=1)
    payout_sending.ASK_AGAIN = timedelta(seconds=0.3)
    payout_reports.ASK_ON_THE_WAY = timedelta(seconds=0.5)


def go_blind() -> None:
    from apps.payments.providers import stripe_connect

    for name in ("find_transfer", "find_payout", "find_reversal"):
        setattr(stripe_connect.StripeConnect, name, lambda _self, _call: None)
    stripe_connect.key_of = lambda _call, _step: uuid.uuid4().hex


def main() -> None:
    import django

    django.setup()
    from apps.core import clock
    from apps.payments.services.payout_schedules import run_schedules
    from apps.payments.services.payout_sending import settle_due_payouts

    shorten_clocks()
    if sys.argv[1:] == ["blind"]:
        go_blind()
    while True:
        run_schedules(now=clock.now())
        settle_due_payouts(now=clock.now())
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
