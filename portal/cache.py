"""The cache in Redis, with a counter of what happens within some seconds: one trip, where Django's `incr` makes two."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class CountingClient(RedisCacheClient):
    """Keeps one client for each pool of connections; Django makes a new one for every call."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._clients: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        client = self._clients.get(pool)
        if client is None:
            client = self._clients[pool] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return client

    def count(self, key: str, seconds: int) -> int:
        client = self.get_client(key, write=True)
        number = int(client.incr(key))
        if number == 1:
            client.expire(key, seconds)
        return number


class CountingCache(RedisCache):
    """BACKEND of settings.CACHES."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = CountingClient

    def count(self, key: str, seconds: int) -> int:
        """Note that this happened, and say how often it did since the first time, which is forgotten after so many seconds."""
        number: int = self._cache.count(self.make_and_validate_key(key), seconds)  # type: ignore[attr-defined]
        return number
