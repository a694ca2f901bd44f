"""What the worker hands to a job's kind: the job, its files, its rights, and where it writes.

A kind works in steps and saves each of them. Saving proves that the job is still this worker's and
that its key still holds good, in the transaction of the step itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Any

from sqlalchemy import Connection

from pims_api.clock import now_us
from pims_api.domain.access.access import Access
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.domain.access.permission_group import groups_granting
from pims_api.domain.access.sight import Sight
from pims_api.domain.access.user import User
from pims_api.domain.definition import Definition
from pims_api.domain.job import USER, Job
from pims_api.errors import Fault, Forbidden
from pims_api.jobs.shutdown import Stop
from pims_api.services.access import access_for, full_access, sight_of
from pims_api.services.keys.later_caller import key_now, user_now
from pims_api.services.users.accounts import role_of
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor, Note
from pims_api.storage.jobs.files import (
    PART_BYTES,
    StoredFile,
    add_part,
    file_of,
    in_parts,
    remove_some,
)
from pims_api.storage.jobs.queue import hold_job
from pims_api.storage.unit_of_work import UnitOfWork

KEY_IS_GONE = "The key that asked for this job was withdrawn or has expired."
RIGHT_IS_GONE = "The key that asked for this job does not have the permission {} any more."
USER_IS_GONE = "The user who asked for this job is gone, or may not do it any more."
VIEW_IS_GONE = "The View that this job was asked for is gone or no longer for its key."

STORED = "stored"
FIRST_STORED, LAST_STORED = "first_transaction", "transaction"

Progress = dict[str, Any]
"""How far a job is: `done`, `total` (None: unknown), `position` and `totals`.

`stored`, which transactions it has made, is added to it.
"""


class Interrupted(Exception):
    """The worker was told to stop: the job is given back as it was saved last."""


@dataclass(slots=True)
class JobRun:
    """One attempt at a job.

    permission: what the key needs all the time. has_moved: whether it saved anything.
    """

    database: Database
    job: Job
    permission: Permission | None = None
    stop: Stop = field(default_factory=Stop)
    has_moved: bool = False

    @property
    def actor(self) -> Actor:
        """How history names what this job does: as the one who asked for it, and why."""
        note = Note(self.job.payload.get("reason"), self.job.payload.get("source_ref"))
        return Actor(self.job.created_by, self.job.key_id, note, self.job.id)

    @property
    def stored(self) -> dict[str, int]:
        """The first and the last transaction of the job, this and earlier attempts; {}: none."""
        told: dict[str, int] = self.job.progress.get(STORED, {})
        return told

    def key(self, connection: Connection) -> ApiKey | None:
        """Return the key of the job as it is now; None stands for the command line.

        Raises Forbidden when it is withdrawn, expired or lacks the permission.
        """
        if self.job.key_id is None:
            self._check_user(connection)
            return None
        key = key_now(connection, self.job.tenant_id, self.job.key_id)
        if key is None:
            raise Forbidden(KEY_IS_GONE)
        if self.permission is not None and not key.may(self.permission):
            raise Forbidden(RIGHT_IS_GONE.format(" or ".join(groups_granting(self.permission))))
        return key

    def access(self, connection: Connection, definition: Definition) -> Access:
        """Return what the job may see and change now, by the View that it was asked for.

        Raises Forbidden when its key or its View is gone.
        """
        return self._access(self.key(connection), definition)

    def _access(self, key: ApiKey | None, definition: Definition) -> Access:
        payload = self.job.payload
        view, locale = payload.get("view"), payload.get("locale") or definition.default_locale
        if key is None:
            return full_access(definition, locale, view)
        access, warnings = access_for(definition, key, view, locale)
        if warnings:
            raise Forbidden(faults=[Fault("forbidden", VIEW_IS_GONE)])
        return access

    def seeing(self, connection: Connection) -> Callable[[Definition], Sight]:
        """Return what tells by a definition what the job may see and change of each product.

        It raises Forbidden, as `access` does, also where the role of the user lacks the permission.
        """
        key, user = self.key(connection), self._check_user(connection)

        def see(definition: Definition) -> Sight:
            role = None if user is None else role_of(definition, user.role)
            permitted = role is not None and self.permission in role.permissions
            if user is not None and not permitted:
                raise Forbidden(USER_IS_GONE)
            return sight_of(self._access(key, definition), role)

        return see

    def _check_user(self, connection: Connection) -> User | None:
        """Return the user who asked for the job; None: it was a key or the command line.

        Raises Forbidden when there is no such user any more.
        """
        email = self.job.payload.get(USER)
        if email is None:
            return None
        user = user_now(connection, self.job.tenant_id, email)
        if user is None:
            raise Forbidden(USER_IS_GONE)
        return user

    def check_stop(self) -> None:
        """Raise Interrupted when the worker was told to stop."""
        if self.stop.asked:
            raise Interrupted

    def open_file(self, name: str) -> BufferedReader:
        """Open a file of the job to read and seek in."""
        stored = StoredFile(self.database.reading, file_of(self.job, name))
        return BufferedReader(stored, PART_BYTES)

    def save_step(
        self, work: UnitOfWork, progress: Progress, name: str = "", content: bytes = b""
    ) -> None:
        """Save how far a step came as the last deed of its unit of work; the two commit together.

        content: what the step adds to the file of that name. Raises LeaseLost, Forbidden.
        """
        if work.transaction is not None:
            first = self.stored.get(FIRST_STORED, work.transaction)
            self.job.progress[STORED] = {FIRST_STORED: first, LAST_STORED: work.transaction}
            self._save(work.connection, progress, name, content)
            return
        # Nothing is to stay of the step but how far it came: its turn goes back unused.
        work.connection.rollback()
        self._save(work.connection, progress, name, content)
        work.connection.commit()

    def save(self, progress: Progress, name: str = "", content: bytes = b"") -> None:
        """Save how far the job is, in a transaction of its own. Raises LeaseLost, Forbidden."""
        with self.database.writing() as connection:
            self._save(connection, progress, name, content)
            connection.commit()

    def write_file(self, name: str, chunks: Iterable[bytes]) -> int:
        """Store a file of the job anew, in parts, each in a transaction. Return its bytes.

        Raises LeaseLost, Forbidden; Interrupted between two parts.
        """
        self.remove_file(name)
        size = 0
        for part in in_parts(chunks):
            with self.database.writing() as connection:
                self._hold(connection)
                add_part(connection, file_of(self.job, name), part)
                connection.commit()
            size += len(part)
            self.check_stop()
        return size

    def remove_file(self, name: str) -> None:
        """Remove what an earlier attempt left of a file."""
        some_left = True
        while some_left:
            with self.database.writing() as connection:
                self._hold(connection)
                some_left = remove_some(connection, file_of(self.job, name))
                connection.commit()

    def hold(self, connection: Connection, progress: Progress) -> None:
        """Save how far the job is, in a transaction that somebody else commits.

        Raises LeaseLost, Forbidden.
        """
        self._save(connection, progress, "", b"")

    def _save(self, connection: Connection, progress: Progress, name: str, content: bytes) -> None:
        self._hold(connection, progress=self._with_stored(progress))
        if name:
            add_part(connection, file_of(self.job, name), content)
        self.has_moved = True

    def _with_stored(self, progress: Progress) -> Progress:
        return progress | {STORED: self.stored} if self.stored else progress

    def _hold(self, connection: Connection, **values: Any) -> None:
        lease_us = int(self.database.settings.job_lease_s * 1_000_000)
        hold_job(connection, self.job, now_us() + lease_us, **values)
        self.key(connection)
