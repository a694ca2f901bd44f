"""Faces: APIs over the core, each with its own addresses, error body and messages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apispec import APISpec
from flask import Blueprint

from pims_api.errors import Fault, PimsError
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Face:
    """One API of the server: its addresses and its words for errors.

    prefix: the path below which addresses belong to this face, known or not; "" takes all that no
    other face has. error_body: makes the JSON of faults, with warnings. faults_of: words the faults
    of a refusal.
    http_faults: the fault for an HTTP status that is no refusal of the core; OTHER is the default.
    status_in_body: whether PIMS_ERROR_STATUS_200 applies. names_request: whether the body of a
    failure of the server holds the id of the request. rehearse: runs a typical read of a tenant
    to warm caches. describe: adds the face to the OpenAPI document. statuses: of refusals that have
    another HTTP status here than elsewhere. ask_first: raises PimsError for who may not even know
    that an address or a method is not served.
    """

    blueprint: Blueprint
    prefix: str
    error_body: Callable[[Sequence[Fault], Sequence[Fault]], Mapping[str, Any]]
    faults_of: Callable[[PimsError], Sequence[Fault]]
    http_faults: Mapping[int, Fault]
    status_in_body: bool = False
    names_request: bool = False
    rehearse: Callable[[Snapshot], None] = lambda _seen: None
    describe: Callable[[APISpec], None] = lambda _spec: None
    statuses: Mapping[type[PimsError], int] = field(default_factory=dict)
    ask_first: Callable[[], None] = lambda: None

    def http_fault(self, status: int) -> Fault:
        """Return the fault for an HTTP status that no refusal of the core caused."""
        return self.http_faults.get(status) or self.http_faults[OTHER]

    def has(self, path: str) -> bool:
        """Return whether an address is at the prefix or below it."""
        return f"{path}/".startswith(f"{self.prefix}/")


OTHER = 400


def face_of(faces: Iterable[Face], path: str) -> Face:
    """Return the face of an address: of those that have it, the one with the longest prefix."""
    return max((face for face in faces if face.has(path)), key=lambda face: len(face.prefix))
