"""Fixtures of the tests of revocation."""

from tests.redis_server import redis_server, shared_redis

__all__ = ["redis_server", "shared_redis"]
