"""Rate limits: at most `limit` requests in any window, exact under concurrency.

A sorted set per (rule, subject) holds the time of each admitted request; one Lua script drops the
old, counts and adds, with the time of Redis. When Redis is away every process keeps a window of its
own: a limit is then loosened by the number of processes, never lifted.
"""

import ipaddress
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from redis.exceptions import RedisError

from apps.core.redis import client

log = structlog.get_logger(__name__)

_SCRIPT = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local window = tonumber(ARGV[2]) * 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
if used >= tonumber(ARGV[1]) then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return {0, 0, oldest[2] + window - now}
end
local serial = redis.call('INCR', KEYS[1] .. ':n')
redis.call('ZADD', KEYS[1], now, serial)
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('EXPIRE', KEYS[1] .. ':n', ARGV[2])
return {1, tonumber(ARGV[1]) - used - 1, 0}
"""
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
        allowed, remaining, wait = _script(settings.RATE_LIMIT_REDIS_URL)(
            keys=[f"limit:{rule}:{subject}"], args=[limit, seconds]
        )
    except RedisError:
        log.warning("rate_limit_without_redis", rule=rule)
        return _local_hit(rule, subject, limit, seconds)
    return Verdict(
        is_allowed=bool(allowed),
        limit=limit,
        remaining=int(remaining),
        retry_after_seconds=-(-int(wait) // _MICRO),
    )


_windows: dict[tuple[str, str], deque[float]] = defaultdict(deque)
_windows_lock = threading.Lock()
_MAX_LOCAL_SUBJECTS = 50_000


def _local_hit(rule: str, subject: str, limit: int, seconds: int) -> Verdict:
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


def client_address(request: HttpRequest) -> str:
    """Return the caller's address behind TRUSTED_PROXY_COUNT proxies of our own.

    Each of our proxies appends the address it saw, so the entry that many from the right is the
    client; whatever stands further left was sent by the client and proves nothing.
    """
    remote = str(request.META.get("REMOTE_ADDR", ""))
    hops = settings.TRUSTED_PROXY_COUNT
    if hops:
        chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
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
