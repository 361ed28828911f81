"""One Redis client per address, with short time-outs: Redis is never waited for."""

from functools import cache

import redis

TIMEOUT_SECONDS = 0.2


@cache
def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        health_check_interval=30,
    )
