"""Public pages kept in Redis, each for as long as nothing that it shows changes (docs/caching.md).

Invariant: a page is answered only if none of the tags it names has changed since before its builder
read the first row. Redis numbers builds and changes by one clock that only rises: a builder takes its
moment first, a change notes its own after the commit, so a page built from what was there before is
older than the change, whoever comes first to the store. Where the record of changes is lost, it is
born anew and every page older than it counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError

from apps.core import rate_limit
from apps.core.metrics import pages_forgotten_total
from apps.core.rate_limit import Verdict
from apps.core.redis import client

log = structlog.get_logger(__name__)

# Every page names it: what changes it is rare and shows on all of them.
EVERYTHING = "everything"
# What bounds a lie when Redis could not be told of a change.
LIFE_SECONDS = 60
MAX_BYTES = 256 * 1024
_CHANGES = "pages:changes"
_INDEX = "pages:index"

# "born" is when the record of changes began, "clock" its last moment, the rest are tags. A change is
# of interest for as long as a page that is older may live.
_CLOCK = """
local function moment(changes)
  local t = redis.call('TIME')
  local now = t[1] * 1000000 + t[2]
  local last = redis.call('ZSCORE', changes, 'clock')
  if not last then redis.call('ZADD', changes, now, 'born') end
  if last and now <= tonumber(last) then now = tonumber(last) + 1 end
  redis.call('ZADD', changes, now, 'clock')
  return now
end
"""
_LOOK_UP = (
    rate_limit.HIT
    + _CLOCK
    + """
local function is_current(since, tags)
  local born = redis.call('ZSCORE', KEYS[3], 'born')
  if not born or tonumber(born) > since then return false end
  for tag in string.gmatch(tags, '[^\\n]+') do
    local changed = redis.call('ZSCORE', KEYS[3], tag)
    if changed and tonumber(changed) > since then return false end
  end
  return true
end
local verdict = hit(KEYS[1], ARGV[1], ARGV[2])
if verdict[1] == 0 then return verdict end
local kept = redis.call('HMGET', KEYS[2], 'since', 'tags')
if kept[1] and is_current(tonumber(kept[1]), kept[2]) then
  verdict[4], verdict[5] = 1, tonumber(kept[1])
  if kept[1] ~= ARGV[3] then verdict[6] = redis.call('HGET', KEYS[2], 'page') end
  return verdict
end
verdict[4], verdict[5] = 0, moment(KEYS[3])
verdict[6] = tonumber(redis.call('ZSCORE', KEYS[3], ARGV[4]) or 0)
return verdict
"""
)
_KEEP = """
local t = redis.call('TIME')
local left = ARGV[1] + ARGV[4] * 1000000 - (t[1] * 1000000 + t[2])
if left <= 0 then return 0 end
redis.call('HSET', KEYS[1], 'since', ARGV[1], 'tags', ARGV[2], 'page', ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.ceil(left / 1000))
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', t[1])
redis.call('ZADD', KEYS[2], t[1] + math.ceil(left / 1000000), KEYS[1])
local surplus = redis.call('ZCARD', KEYS[2]) - ARGV[5]
if surplus > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[2], surplus)
  for at = 1, #oldest, 2 do redis.call('UNLINK', oldest[at]) end
end
return 1
"""
_FORGET = (
    _CLOCK
    + """
local now = moment(KEYS[1])
local born = redis.call('ZSCORE', KEYS[1], 'born')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1] * 1000000)
redis.call('ZADD', KEYS[1], born, 'born')
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], now, ARGV[at]) end
return now
"""
)


@dataclass(frozen=True, slots=True)
class Found:
    """What one look into the store says.

    `moment` is when the kept page was built, or else when the one to be built begins; None where the
    store is away. `page` is None for a page that is not kept, and empty for one that the asker has.
    `everything_changed_at` is told to builders alone, 0 where nothing changed of late.
    """

    verdict: Verdict
    moment: int | None = None
    page: bytes | None = None
    everything_changed_at: int = 0


@cache
def _script(text: str, url: str) -> Any:
    return client(url).register_script(text)


def _run(text: str, keys: list[str], args: list[Any]) -> Any:
    return _script(text, settings.RATE_LIMIT_REDIS_URL)(keys=keys, args=args)


def look_up(*, key: str, rule: str, subject: str, held_since: int = 0) -> Found:
    """Count a request of `subject` under `rule` and look for a page, in one round trip.

    A page of the moment `held_since` is not sent again.
    """
    limit, seconds = settings.RATE_LIMITS[rule]
    keys = [rate_limit.key_of(rule, subject), key, _CHANGES]
    try:
        answer = _run(_LOOK_UP, keys, [limit, seconds, held_since, EVERYTHING])
    except RedisError:
        log.warning("pages_without_redis")
        return Found(rate_limit.hit_locally(rule=rule, subject=subject))
    verdict = rate_limit.verdict_of(limit, answer)
    match answer[3:]:
        case [1, moment, page]:
            return Found(verdict, moment, page)
        case [1, moment]:
            return Found(verdict, moment, b"")
        case [0, moment, changed_at]:
            return Found(verdict, moment, everything_changed_at=changed_at)
    return Found(verdict)


def keep(*, key: str, page: bytes, tags: Iterable[str], moment: int, seconds: float) -> None:
    """Keep a page that was begun at `moment` until `seconds` after it."""
    if len(page) > MAX_BYTES:
        return
    names = "\n".join({EVERYTHING, *tags})
    args = [moment, names, page, seconds, settings.PUBLIC_PAGES_MAX]
    try:
        _run(_KEEP, [key, _INDEX], args)
    except RedisError:
        log.warning("page_not_kept")


def forget_pages(*tags: str) -> None:
    """Forget the pages that name one of these tags, once the transaction has committed."""
    connection = transaction.get_connection()
    _ids, last, *_rest = connection.run_on_commit[-1] if connection.run_on_commit else (None, None)
    if isinstance(last, _Forgetting) and last.joins(connection.savepoint_ids):
        last.tags.update(tags)
    else:
        told = _Forgetting(set(tags), tuple(connection.savepoint_ids))
        transaction.on_commit(told, robust=True)


@dataclass(slots=True)
class _Forgetting:
    """What waits for a commit; changes that follow each other within the same savepoints are one."""

    tags: set[str]
    savepoints: tuple[str, ...]
    is_told: bool = False

    def joins(self, savepoints: list[str]) -> bool:
        return not self.is_told and self.savepoints == tuple(savepoints)

    def __call__(self) -> None:
        self.is_told = True
        try:
            _run(_FORGET, [_CHANGES], [2 * LIFE_SECONDS, *sorted(self.tags)])
        except RedisError:
            log.warning("pages_not_forgotten", tags=len(self.tags))
            pages_forgotten_total.labels("lost").inc()
        else:
            pages_forgotten_total.labels("told").inc()
