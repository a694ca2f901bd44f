"""A face: one API over the core, with its own addresses and its own words for what went wrong."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint

from pims_api.errors import Fault, PimsError
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Face:
    """One of the APIs of the server: where it is found and how it words errors.

    prefix: the addresses at it and below it are this face's, also those where nothing is; "" for
    the face that has all others. error_body: the JSON object that tells of some faults.
    faults_of: the faults of a refusal in this face's words. http_faults: what to tell for a status
    that HTTP itself or a failure of the server demands; OTHER stands for all that are not listed.
    status_in_body: whether its errors may be sent with HTTP status 200, where the setting
    PIMS_ERROR_STATUS_200 wants that. rehearse: reads of a tenant what its first caller is likely to
    ask for, before there is one.
    """

    blueprint: Blueprint
    prefix: str
    error_body: Callable[[Sequence[Fault]], Mapping[str, Any]]
    faults_of: Callable[[PimsError], Sequence[Fault]]
    http_faults: Mapping[int, Fault]
    status_in_body: bool = False
    rehearse: Callable[[Snapshot], None] = lambda _seen: None

    def http_fault(self, status: int) -> Fault:
        """Return what to tell for an HTTP status that no refusal of the core stands behind."""
        return self.http_faults.get(status) or self.http_faults[OTHER]

    def has(self, path: str) -> bool:
        """Return whether an address is at the prefix or below it."""
        return f"{path}/".startswith(f"{self.prefix}/")


OTHER = 400


def face_of(faces: Iterable[Face], path: str) -> Face:
    """Return the face of an address: of those that have it, the one with the longest prefix."""
    return max((face for face in faces if face.has(path)), key=lambda face: len(face.prefix))
