"""Every setting: its name, environment variable, default and unit.

| field | variable | default | unit |
| --- | --- | --- | --- |
| database_url | PIMS_DATABASE_URL | sqlite:///pims.db | URL |
| bind | PIMS_BIND | 127.0.0.1:8000 | HOST:PORT or unix:PATH where `pims serve` listens |
| error_status_200 | PIMS_ERROR_STATUS_200 | 0 | 0 or 1: answer errors with HTTP 200 |
| body_bytes_max | PIMS_BODY_BYTES_MAX | 5242880 | bytes of one request body |
| read_deadline_s | PIMS_READ_DEADLINE_SECONDS | 15 | seconds a request that reads may take |
| write_deadline_s | PIMS_WRITE_DEADLINE_SECONDS | 60 | seconds a request that writes may take |
| slow_reads_max | PIMS_SLOW_READS_MAX | 2 | reads of over a second at a time, in each process |
| waiting_max | PIMS_WAITING_MAX | 1 | readers of changes that may wait at a time, in each process |
| lock_wait_s | PIMS_LOCK_WAIT_SECONDS | 10 | seconds a write may wait for the lock |
| pool_size | PIMS_POOL_SIZE | 8 | connections per process |
| reindex_inline_max | PIMS_REINDEX_INLINE_MAX | 20000 | products indexed within editAttribute |
| import_bytes_max | PIMS_IMPORT_BYTES_MAX | 1073741824 | bytes of one file sent to be imported |
| job_lease_s | PIMS_JOB_LEASE_SECONDS | 30 | seconds until a silent worker's job goes elsewhere |
| job_poll_s | PIMS_JOB_POLL_SECONDS | 1 | seconds between two looks of an idle worker |
| job_file_days | PIMS_JOB_FILE_DAYS | 7 | days for which the files of a job are kept |
| definition_cache_tenants | PIMS_DEFINITION_CACHE_TENANTS | 1000 | tenants of cached definitions |
| definition_cache_bytes | PIMS_DEFINITION_CACHE_BYTES | 268435456 | bytes of cached definitions |
| key_cache_max | PIMS_KEY_CACHE_MAX | 10000 | cached API keys |
| number_cache_bytes | PIMS_NUMBER_CACHE_BYTES | 67108864 | bytes each of numbers, texts, variants |
| facet_cache_bytes | PIMS_FACET_CACHE_BYTES | 67108864 | bytes of cached category filters |
| facet_counts_max | PIMS_FACET_COUNTS_MAX | 1000000 | counts in cached category filters |
| row_cache_bytes | PIMS_ROW_CACHE_BYTES | 25165824 | bytes of cached products of lists |
| past_values_max | PIMS_PAST_VALUES_MAX | 200000 | cached values of earlier moments, of 150 bytes |
| past_moves_max | PIMS_PAST_MOVES_MAX | 100000 | cached moves of variations between parents |
| sqlite_synchronous | PIMS_SQLITE_SYNCHRONOUS | FULL | NORMAL or OFF lose commits in a power cut |
| unindexed_max | PIMS_UNINDEXED_MAX | 128 | new products that may wait to be indexed together |
| products_max | PIMS_PRODUCTS_MAX | 0 | products of a tenant, without deleted ones; 0: any number |
| idempotency_hours | PIMS_IDEMPOTENCY_HOURS | 24 | hours for which a named request is known again |
| key_use_s | PIMS_KEY_USE_SECONDS | 3 | seconds until the use of a key is stored; 0: never |
| log_format | PIMS_LOG_FORMAT | text | text, json or none: the lines about requests |
| trusted_proxies | PIMS_TRUSTED_PROXIES |  | networks of proxies whose X-Forwarded-For counts |
| outgoing_allow | PIMS_OUTGOING_ALLOW |  | networks and hosts, by commas, besides public ones |
| webhook_retries | PIMS_WEBHOOK_RETRIES | 10,60,300 | seconds before each further attempt |
| webhook_timeout_s | PIMS_WEBHOOK_TIMEOUT_SECONDS | 10 | seconds that a receiver may take |
| webhook_threads | PIMS_WEBHOOK_THREADS | 16 | receivers that are told at the same time |
| webhook_dead_kept | PIMS_WEBHOOK_DEAD_KEPT | 10000 | newest dead deliveries kept of a webhook |
| channel_runs | PIMS_CHANNEL_RUNS | 4 | channels that are synced at the same time |
| secret_key | PIMS_SECRET_KEY |  | 32 random bytes in base64; else the file beside the database |
| secret_key_previous | PIMS_SECRET_KEY_PREVIOUS |  | the one before; what it sealed still opens |
| shopify_base_url | PIMS_SHOPIFY_BASE_URL | https://{shop}.myshopify.com | URL of a shop or proxy |
| shopify_api_version | PIMS_SHOPIFY_API_VERSION | 2026-10 | 2026-01 to 2026-10 |
| shopify_timeout_s | PIMS_SHOPIFY_TIMEOUT | 30 | seconds of one request to a shop |
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from typing import Any

DATABASE_URL_VARIABLE = "PIMS_DATABASE_URL"
DATABASE_URL_DEFAULT = "sqlite:///pims.db"
BIND_VARIABLE = "PIMS_BIND"
BIND_DEFAULT = "127.0.0.1:8000"
SHOPIFY_API_VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10")
SQLITE_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
LOG_FORMATS = ("text", "json", "none")


_WORDS = {
    "sqlite_synchronous": SQLITE_SYNCHRONOUS,
    "shopify_api_version": SHOPIFY_API_VERSIONS,
    "log_format": LOG_FORMATS,
}
_LEAST = {
    "unindexed_max": 0,
    "products_max": 0,
    "idempotency_hours": 0,
    "key_use_s": 0,
    "webhook_threads": 1,
    "webhook_dead_kept": 20,  # as many as switch a webhook off
    "channel_runs": 1,
    "slow_reads_max": 1,
}


def _setting(variable: str, default: Any) -> Any:
    """Return a field that an environment variable may set."""
    return field(default=default, metadata={"variable": variable})


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may choose. The table is in the module's docstring."""

    database_url: str = _setting(DATABASE_URL_VARIABLE, DATABASE_URL_DEFAULT)
    bind: str = _setting(BIND_VARIABLE, BIND_DEFAULT)
    error_status_200: bool = _setting("PIMS_ERROR_STATUS_200", False)
    body_bytes_max: int = _setting("PIMS_BODY_BYTES_MAX", 5 * 1024 * 1024)
    read_deadline_s: float = _setting("PIMS_READ_DEADLINE_SECONDS", 15.0)
    write_deadline_s: float = _setting("PIMS_WRITE_DEADLINE_SECONDS", 60.0)
    slow_reads_max: int = _setting("PIMS_SLOW_READS_MAX", 2)  # half the threads of `pims serve`
    waiting_max: int = _setting("PIMS_WAITING_MAX", 1)  # a quarter of the threads of `pims serve`
    lock_wait_s: float = _setting("PIMS_LOCK_WAIT_SECONDS", 10.0)
    pool_size: int = _setting("PIMS_POOL_SIZE", 8)
    reindex_inline_max: int = _setting("PIMS_REINDEX_INLINE_MAX", 20_000)
    import_bytes_max: int = _setting("PIMS_IMPORT_BYTES_MAX", 1024 * 1024 * 1024)
    job_lease_s: float = _setting("PIMS_JOB_LEASE_SECONDS", 30.0)
    job_poll_s: float = _setting("PIMS_JOB_POLL_SECONDS", 1.0)
    job_file_days: float = _setting("PIMS_JOB_FILE_DAYS", 7.0)
    definition_cache_tenants: int = _setting("PIMS_DEFINITION_CACHE_TENANTS", 1_000)
    definition_cache_bytes: int = _setting("PIMS_DEFINITION_CACHE_BYTES", 256 * 1024 * 1024)
    key_cache_max: int = _setting("PIMS_KEY_CACHE_MAX", 10_000)
    number_cache_bytes: int = _setting(
        "PIMS_NUMBER_CACHE_BYTES", 64 * 1024 * 1024
    )  # 20 attributes of a million products
    facet_cache_bytes: int = _setting(
        "PIMS_FACET_CACHE_BYTES", 64 * 1024 * 1024
    )  # the blocks of a million products, 20 attributes
    facet_counts_max: int = _setting("PIMS_FACET_COUNTS_MAX", 1_000_000)
    row_cache_bytes: int = _setting("PIMS_ROW_CACHE_BYTES", 24 * 1024 * 1024)
    past_values_max: int = _setting("PIMS_PAST_VALUES_MAX", 200_000)
    past_moves_max: int = _setting("PIMS_PAST_MOVES_MAX", 100_000)
    sqlite_synchronous: str = _setting("PIMS_SQLITE_SYNCHRONOUS", "FULL")
    unindexed_max: int = _setting(
        "PIMS_UNINDEXED_MAX", 128
    )  # so that fewer than 1 % of creations index all of them
    products_max: int = _setting("PIMS_PRODUCTS_MAX", 0)
    idempotency_hours: float = _setting("PIMS_IDEMPOTENCY_HOURS", 24.0)
    key_use_s: float = _setting("PIMS_KEY_USE_SECONDS", 3.0)
    log_format: str = _setting("PIMS_LOG_FORMAT", "text")
    trusted_proxies: str = _setting("PIMS_TRUSTED_PROXIES", "")
    outgoing_allow: str = _setting("PIMS_OUTGOING_ALLOW", "")
    webhook_retries: str = _setting("PIMS_WEBHOOK_RETRIES", "10,60,300")
    webhook_timeout_s: float = _setting("PIMS_WEBHOOK_TIMEOUT_SECONDS", 10.0)
    webhook_threads: int = _setting("PIMS_WEBHOOK_THREADS", 16)
    webhook_dead_kept: int = _setting("PIMS_WEBHOOK_DEAD_KEPT", 10_000)
    channel_runs: int = _setting("PIMS_CHANNEL_RUNS", 4)
    secret_key: str = _setting("PIMS_SECRET_KEY", "")
    secret_key_previous: str = _setting("PIMS_SECRET_KEY_PREVIOUS", "")

    shopify_base_url: str = _setting("PIMS_SHOPIFY_BASE_URL", "https://{shop}.myshopify.com")
    shopify_api_version: str = _setting("PIMS_SHOPIFY_API_VERSION", "2026-10")
    shopify_timeout_s: float = _setting("PIMS_SHOPIFY_TIMEOUT", 30.0)

    def __post_init__(self) -> None:
        for message in self._faults():
            raise ValueError(message)

    def _faults(self) -> Iterator[str]:
        """Yield what is wrong with the settings."""
        for name, words in _WORDS.items():
            if getattr(self, name) not in words:
                yield f"{_variable(name)} is none of {', '.join(words)}"
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                yield f"{_variable(name)} is below {least}"
        yield from _wrong_networks(self.trusted_proxies)
        if any(one < 0 for one in self.webhook_waits):
            yield "PIMS_WEBHOOK_RETRIES holds a number below 0"
        if not self.shopify_base_url.startswith(("http://", "https://")):
            yield "PIMS_SHOPIFY_BASE_URL begins with neither http:// nor https://"
        if self.shopify_timeout_s <= 0:
            yield "PIMS_SHOPIFY_TIMEOUT is not above 0"

    @property
    def replies_kept_us(self) -> int:
        """The microseconds for which the reply of a named request is kept."""
        return int(self.idempotency_hours * 3_600_000_000)

    @property
    def webhook_waits(self) -> tuple[float, ...]:
        """The seconds before each further attempt at a delivery."""
        return tuple(float(one) for one in self.webhook_retries.split(",") if one.strip())

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings that the environment asks for. Raises ValueError on a bad one."""
        chosen: dict[str, Any] = {}
        for one in fields(cls):
            text = environment.get(one.metadata["variable"])
            if text is not None:
                chosen[one.name] = _read(text, one.default)
        return cls(**chosen)


def _wrong_networks(listed: str) -> Iterator[str]:
    for text in filter(None, map(str.strip, listed.split(","))):
        try:
            ip_network(text)
        except ValueError as error:
            yield f"PIMS_TRUSTED_PROXIES: {error}"


def _variable(name: str) -> str:
    return next(str(one.metadata["variable"]) for one in fields(Settings) if one.name == name)


def _read(text: str, default: Any) -> Any:
    """Return a variable's text as the type that the default has."""
    if isinstance(default, bool):
        return text == "1"
    return text.upper() if default in SQLITE_SYNCHRONOUS else type(default)(text)
