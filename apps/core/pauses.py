"""Named points at which a test may hold a process, to widen a race window.

They do nothing unless PAUSE_POINTS_ENABLED is set, which only test settings do. A pause is either
registered in this process or, for servers under test, given as PAUSE_<NAME>=seconds in the environment.
"""

import os
import time
from collections.abc import Callable

from django.conf import settings

_hooks: dict[str, Callable[[], None]] = {}


def pause_point(name: str) -> None:
    if not settings.PAUSE_POINTS_ENABLED:
        return
    if hook := _hooks.get(name):
        hook()
    if seconds := os.environ.get(f"PAUSE_{name.upper().replace('.', '_')}"):
        time.sleep(float(seconds))


def set_pause(name: str, hook: Callable[[], None] | None) -> None:
    """Install (or with None remove) what runs at the named point of this process."""
    if hook is None:
        _hooks.pop(name, None)
    else:
        _hooks[name] = hook
