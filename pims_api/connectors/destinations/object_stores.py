"""Files in object stores: Amazon S3 (and what speaks like it) and Azure Blob Storage."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pims_api.connectors.addresses import (
    AddressRefused,
    NotResolved,
    OutgoingRules,
    read_target,
    resolve,
)
from pims_api.connectors.destinations.destination import (
    ANSWER_S,
    CONNECT_S,
    DeliveryFailed,
    Parcel,
    missing_extra,
)
from pims_api.connectors.tunnel import tunnel

AMAZON = "https://s3.{}.amazonaws.com"  # of a region
PARTS_AT_ONCE = 4  # of 5 MiB, so a file of any size takes some 20 MiB
_RETRIES: Any = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
_STATUS = re.compile(r"\bstatus(?: code)?:? \(?(\d{3})\b")

Connection = Any
Opener = Callable[[Connection, str], Any]
"""`open(client_options, endpoint)`: the store, reached so. endpoint: without a final slash."""


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A bucket or a container. open: connects to it. endpoint: its address. extra: of setup.cfg."""

    open: Opener
    endpoint: str
    rules: OutgoingRules
    extra: str

    def put(self, parcel: Parcel) -> None:
        """Upload a file in parts, of which none is seen before all are there.

        Raises DeliveryFailed.
        """
        try:
            import obstore
            from obstore import exceptions
        except ImportError:
            raise missing_extra(self.extra) from None
        kind = {"Content-Type": parcel.content_type}
        try:
            with _reached(self.endpoint, self.rules) as (options, endpoint):
                store = self.open(options, endpoint)
                obstore.put(
                    store,
                    parcel.path,
                    parcel.file,
                    attributes=kind,
                    max_concurrency=PARTS_AT_ONCE,
                )
        except (AddressRefused, NotResolved) as refused:
            raise DeliveryFailed(str(refused)) from None
        except FileNotFoundError:
            raise DeliveryFailed("The store has no such bucket or container.") from None
        except ValueError:  # of a path whose places were filled in so
            raise DeliveryFailed("The store takes no file under this path.") from None
        except exceptions.BaseError as error:
            raise DeliveryFailed(_reason(error)) from None


def s3_store(config: dict[str, str], rules: OutgoingRules) -> ObjectStore:
    """Return the bucket that a configuration names."""
    endpoint = config.get("endpoint") or AMAZON.format(config["region"])

    def opened(options: Connection, address: str) -> Any:
        from obstore.store import S3Store

        return S3Store(
            config["bucket"],
            region=config["region"],
            endpoint=address,
            access_key_id=config["accessKeyId"],
            secret_access_key=config["secretAccessKey"],
            virtual_hosted_style_request=False,
            client_options=options,
            retry_config=_RETRIES,
        )

    return ObjectStore(opened, endpoint, rules, "s3")


def azure_store(config: dict[str, str], rules: OutgoingRules) -> ObjectStore:
    """Return the container that a configuration names."""
    endpoint = config.get("endpoint") or f"https://{config['account']}.blob.core.windows.net"

    def opened(options: Connection, address: str) -> Any:
        from obstore.store import AzureStore

        return AzureStore(
            config["container"],
            account_name=config["account"],
            account_key=config["accountKey"],
            endpoint=address,
            client_options=options,
            retry_config=_RETRIES,
        )

    return ObjectStore(opened, endpoint, rules, "azure")


@contextmanager
def _reached(endpoint: str, rules: OutgoingRules) -> Iterator[tuple[Connection, str]]:
    """Yield how the store is reached: the options of its client, and the address it is given.

    The client resolves names by itself, so it goes through a tunnel that judges addresses, and that
    ends an answer without end. Plain HTTP is allowed where the operator says so.
    """
    target = read_target(endpoint, rules)
    resolve(target.host, target.port, rules)  # a clear refusal, which the tunnel could not tell
    with tunnel(rules) as proxy:
        options: Connection = {
            "connect_timeout": timedelta(seconds=CONNECT_S),
            "timeout": timedelta(seconds=ANSWER_S),
            "allow_http": target.scheme == "http",
            "proxy_url": proxy,
        }
        yield options, endpoint.rstrip("/")


def _reason(error: Exception) -> str:
    """Return what went wrong, in words that hold nothing of what the library printed."""
    name = type(error).__name__
    if name in ("UnauthenticatedError", "PermissionDeniedError"):
        return "The store did not accept the credentials, or they do not allow writing there."
    status = _STATUS.search(str(error))
    told = f" It answered with status {status[1]}." if status else ""
    return f"The store could not be reached, or did not take the file.{told}"
