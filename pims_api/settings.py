"""Every setting: its name, environment variable, default and unit.

| field | variable | default | unit |
| --- | --- | --- | --- |
| database_url | PIMS_DATABASE_URL | sqlite:///pims.db | URL |
| error_status_200 | PIMS_ERROR_STATUS_200 | 0 | 0 or 1: answer errors with HTTP 200 |
| body_bytes_max | PIMS_BODY_BYTES_MAX | 5242880 | bytes of one request body |
| read_deadline_s | PIMS_READ_DEADLINE_SECONDS | 15 | seconds a read may take |
| lock_wait_s | PIMS_LOCK_WAIT_SECONDS | 10 | seconds a write may wait for its turn |
| pool_size | PIMS_POOL_SIZE | 8 | connections per process |
| reindex_inline_max | PIMS_REINDEX_INLINE_MAX | 20000 | products indexed within editAttribute |
| import_bytes_max | PIMS_IMPORT_BYTES_MAX | 1073741824 | bytes of one file sent to be imported |
| job_lease_s | PIMS_JOB_LEASE_SECONDS | 30 | seconds until a silent worker's job goes elsewhere |
| job_poll_s | PIMS_JOB_POLL_SECONDS | 1 | seconds between two looks of an idle worker |
| job_file_days | PIMS_JOB_FILE_DAYS | 7 | days for which the files of a job are kept |
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

DATABASE_URL_VARIABLE = "PIMS_DATABASE_URL"
DATABASE_URL_DEFAULT = "sqlite:///pims.db"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may choose. The table is in the module's docstring."""

    database_url: str = DATABASE_URL_DEFAULT
    error_status_200: bool = False
    body_bytes_max: int = 5 * 1024 * 1024
    read_deadline_s: float = 15.0
    lock_wait_s: float = 10.0
    pool_size: int = 8
    reindex_inline_max: int = 20_000
    import_bytes_max: int = 1024 * 1024 * 1024
    job_lease_s: float = 30.0
    job_poll_s: float = 1.0
    job_file_days: float = 7.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings that the environment asks for. Raises ValueError on a bad number."""
        chosen = cls()
        return cls(
            database_url=environment.get(DATABASE_URL_VARIABLE, chosen.database_url),
            error_status_200=environment.get("PIMS_ERROR_STATUS_200", "0") == "1",
            body_bytes_max=int(environment.get("PIMS_BODY_BYTES_MAX", chosen.body_bytes_max)),
            read_deadline_s=float(
                environment.get("PIMS_READ_DEADLINE_SECONDS", chosen.read_deadline_s)
            ),
            lock_wait_s=float(environment.get("PIMS_LOCK_WAIT_SECONDS", chosen.lock_wait_s)),
            pool_size=int(environment.get("PIMS_POOL_SIZE", chosen.pool_size)),
            reindex_inline_max=int(
                environment.get("PIMS_REINDEX_INLINE_MAX", chosen.reindex_inline_max)
            ),
            import_bytes_max=int(environment.get("PIMS_IMPORT_BYTES_MAX", chosen.import_bytes_max)),
            job_lease_s=float(environment.get("PIMS_JOB_LEASE_SECONDS", chosen.job_lease_s)),
            job_poll_s=float(environment.get("PIMS_JOB_POLL_SECONDS", chosen.job_poll_s)),
            job_file_days=float(environment.get("PIMS_JOB_FILE_DAYS", chosen.job_file_days)),
        )
