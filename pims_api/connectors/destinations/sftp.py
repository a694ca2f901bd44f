"""Files on an SFTP server, whose host key is known beforehand."""

import base64
import binascii
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pims_api.connectors.addresses import AddressRefused, NotResolved, OutgoingRules, connect
from pims_api.connectors.destinations.destination import (
    ANSWER_S,
    CONNECT_S,
    DeliveryFailed,
    Parcel,
    missing_extra,
)
from pims_api.connectors.metered import Metered
from pims_api.connectors.patience import patience

if TYPE_CHECKING:
    import paramiko

_PIECE = 256 * 1024

Step = Callable[[], None]


class BadHostKey(ValueError):
    """A text that is no public key of a host."""


@dataclass(frozen=True, slots=True)
class HostKey:
    """The public key by which a server is known: `ssh-ed25519 AAAA…`, as in `known_hosts`."""

    kind: str
    blob: bytes

    @classmethod
    def from_text(cls, text: str) -> "HostKey":
        """Return the key that a text holds. Raises BadHostKey."""
        words = text.split()
        try:
            kind, blob = words[0], base64.b64decode(words[1], validate=True)
        except (IndexError, binascii.Error):
            raise BadHostKey("It is no host key such as `ssh-ed25519 AAAA…`!") from None
        length = int.from_bytes(blob[:4])
        if blob[4 : 4 + length] != kind.encode():
            raise BadHostKey("It is no host key such as `ssh-ed25519 AAAA…`!")
        return cls(kind, blob)


@dataclass(frozen=True, slots=True)
class SftpServer:
    """A folder of a server. config: host, port, username, password or privateKey, hostKey."""

    config: dict[str, Any] = field(repr=False)
    rules: OutgoingRules

    def put(self, parcel: Parcel) -> None:
        """Write a file under a name of its own and rename it, so that no half file is seen.

        Raises DeliveryFailed.
        """
        try:
            import paramiko
        except ImportError:
            raise missing_extra("sftp") from None
        try:
            with self._session() as (session, step):
                _write(session, parcel, step)
        except paramiko.AuthenticationException:
            raise DeliveryFailed("The server did not accept the user name or its key.") from None
        except (AddressRefused, NotResolved) as refused:
            raise DeliveryFailed(str(refused)) from None
        except FileNotFoundError:
            raise DeliveryFailed("There is no such folder on the server.") from None
        except PermissionError:
            raise DeliveryFailed("The server does not let this user write there.") from None
        except (paramiko.SSHException, paramiko.SFTPError, OSError, EOFError, ValueError):
            raise DeliveryFailed("The server could not be reached, or it broke off.") from None

    @contextmanager
    def _session(self) -> Iterator[tuple["paramiko.SFTPClient", Step]]:
        """Yield a session, and what is called at each step: it ends when none comes for long."""
        import paramiko

        host, port = self.config["host"], int(self.config.get("port") or 22)
        metered: Any = Metered(connect(host, port, self.rules, CONNECT_S))
        transport = paramiko.Transport(metered)
        try:
            with patience(ANSWER_S, transport.close) as step:
                self._sign_in(transport)
                session = paramiko.SFTPClient.from_transport(transport)
                if session is None:
                    raise DeliveryFailed("The server gives this user no files.")
                yield session, step
        finally:
            transport.close()

    def _sign_in(self, transport: "paramiko.Transport") -> None:
        """Tell the server who comes, once it is known to be the right one."""
        config, known = self.config, HostKey.from_text(self.config["hostKey"])
        transport.banner_timeout = transport.auth_timeout = CONNECT_S
        transport.get_security_options().key_types = _algorithms(known.kind)
        transport.start_client(timeout=CONNECT_S)
        if transport.get_remote_server_key().asbytes() != known.blob:
            raise DeliveryFailed("The server shows another host key than the one that is known.")
        if config.get("privateKey"):
            transport.auth_publickey(config["username"], read_private_key(config["privateKey"]))
        else:
            transport.auth_password(config["username"], config["password"])


def _algorithms(kind: str) -> tuple[str, ...]:
    """Return the signatures that a key of a kind can make, so that the server shows that key."""
    return ("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,)


def read_private_key(text: str) -> "paramiko.PKey":
    """Return the private key that a text holds, without a passphrase. Raises DeliveryFailed."""
    import paramiko

    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with suppress(paramiko.SSHException, ValueError, IndexError):
            key: paramiko.PKey = kind.from_private_key(io.StringIO(text))
            return key
    raise DeliveryFailed("The private key cannot be read: it must be one without a passphrase.")


def _write(session: "paramiko.SFTPClient", parcel: Parcel, step: Step) -> None:
    waiting = f"{parcel.path}.{parcel.id}.part"
    try:
        with session.open(waiting, "wb") as remote:
            remote.set_pipelined(True)
            while piece := parcel.file.read(_PIECE):
                remote.write(piece)
                step()
        if session.stat(waiting).st_size != parcel.size:
            raise DeliveryFailed("The server did not take the whole file.")
        session.posix_rename(waiting, parcel.path)
    except BaseException:
        with suppress(OSError, EOFError):
            session.remove(waiting)
        raise
