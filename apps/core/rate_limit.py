"""Rate limits: at most `limit` requests in any window, exact under concurrency.

A sorted set per (rule, subject) holds the time of each admitted request; one Lua script drops the
old, counts and adds, with the time of Redis. When Redis is away every process keeps a window of its
own: a limit is then loosened by the number of processes, never lifted.
"""

import ipaddress
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from redis.exceptions import RedisError

from apps.core.redis import client

log = structlog.get_logger(__name__)

# A function for scripts that also do something else: {allowed, remaining, wait in microseconds}.
HIT = """
local function hit(key, limit, seconds)
  local t = redis.call('TIME')
  local now = t[1] * 1000000 + t[2]
  local window = tonumber(seconds) * 1000000
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local used = redis.call('ZCARD', key)
  if used >= tonumber(limit) then
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    return {0, 0, oldest[2] + window - now}
  end
  local serial = redis.call('INCR', key .. ':n')
  redis.call('ZADD', key, now, serial)
  redis.call('EXPIRE', key, seconds)
  redis.call('EXPIRE', key .. ':n', seconds)
  return {1, tonumber(limit) - used - 1, 0}
end
"""
_SCRIPT = HIT + "return hit(KEYS[1], ARGV[1], ARGV[2])"
_MICRO = 1_000_000
# IPv6 clients own a /64.
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Verdict:
    is_allowed: bool
    limit: int
    remaining: int
    retry_after_seconds: int


@cache
def _script(url: str) -> Any:
    return client(url).register_script(_SCRIPT)


def hit(*, rule: str, subject: str) -> Verdict:
    """Count one request of `subject` under a rule of settings.RATE_LIMITS."""
    limit, seconds = settings.RATE_LIMITS[rule]
    try:
        answer = _script(settings.RATE_LIMIT_REDIS_URL)(
            keys=[key_of(rule, subject)], args=[limit, seconds]
        )
    except RedisError:
        log.warning("rate_limit_without_redis", rule=rule)
        return hit_locally(rule=rule, subject=subject)
    return verdict_of(limit, answer)


def key_of(rule: str, subject: str) -> str:
    return f"limit:{rule}:{subject}"


def verdict_of(limit: int, answer: Sequence[Any]) -> Verdict:
    """Read what the script's `hit` returned."""
    allowed, remaining, wait = answer[:3]
    return Verdict(
        is_allowed=bool(allowed),
        limit=limit,
        remaining=int(remaining),
        retry_after_seconds=-(-int(wait) // _MICRO),
    )


_windows: dict[tuple[str, str], deque[float]] = defaultdict(deque)
_windows_lock = threading.Lock()
_MAX_LOCAL_SUBJECTS = 50_000


def hit_locally(*, rule: str, subject: str) -> Verdict:
    """Count one request in this process alone: Redis is away."""
    limit, seconds = settings.RATE_LIMITS[rule]
    with _windows_lock:
        return _count_locally(rule, subject, limit, seconds)


def _count_locally(rule: str, subject: str, limit: int, seconds: int) -> Verdict:
    if len(_windows) > _MAX_LOCAL_SUBJECTS:
        _windows.clear()
    now = time.monotonic()
    window = _windows[rule, subject]
    while window and window[0] <= now - seconds:
        window.popleft()
    if len(window) >= limit:
        return Verdict(
            is_allowed=False,
            limit=limit,
            remaining=0,
            retry_after_seconds=int(window[0] + seconds - now) + 1,
        )
    window.append(now)
    return Verdict(
        is_allowed=True, limit=limit, remaining=limit - len(window), retry_after_seconds=0
    )


def client_address(environ: Mapping[str, Any]) -> str:
    """Return the caller's address behind TRUSTED_PROXY_COUNT proxies of our own.

    `environ` is WSGI's, which is a request's META. Each of our proxies appends the address it saw, so
    the entry that many from the right is the client; whatever stands further left was sent by the
    client and proves nothing.
    """
    remote = str(environ.get("REMOTE_ADDR", ""))
    hops = settings.TRUSTED_PROXY_COUNT
    if hops:
        chain = [part.strip() for part in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
        if len(chain) >= hops and _is_address(chain[-hops]):
            return chain[-hops]
    return remote


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def address_subject(address: str) -> str:
    """Return what is counted: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)
