"""Fixtures of payments: a sandbox of the provider, and payments that concern no order."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.sandbox.stripe.testing import RunningSandbox, running_sandbox


@pytest.fixture
def sandbox(settings: Any) -> Iterator[RunningSandbox]:
    """The provider on a free port. It sends no webhooks: a test delivers what it wants delivered."""
    with running_sandbox(settings) as running:
        yield running
