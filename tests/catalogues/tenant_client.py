"""A client of the tenant face over a shop: its categories, bulk jobs and variants."""

from typing import Any

from flask.testing import FlaskClient

from pims_api.jobs.worker import run_pending_jobs
from pims_api.services.keys.api_keys import create_key
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity.tenants import tenants
from pims_api.storage.unit_of_work import unit_of_work
from tests.environment import settings_of
from views.app import create_app

GROUPS = ("pim_user", "pim_editor", "pim_manager", "pim_import", "pim_export")
Json = dict[str, Any]


class TenantClient:
    """Asks the tenant face with a key that may do everything there."""

    def __init__(self, database_url: str) -> None:
        self._database = Database(settings_of(database_url))
        with unit_of_work(self._database, 1, Actor("tests")) as work:
            text, _ = create_key(work, None, "shop", GROUPS)
        with self._database.reading() as connection:
            first = tenants(connection)[0]
        self._headers = {
            "Authorization": f"Bearer {text}",
            "X-Tenant-ID": first.uuid,
            "X-Org-ID": first.org,
        }
        self._client: FlaskClient = create_app(settings_of(database_url)).test_client()

    def ask(self, method: str, path: str, body: Json | None = None) -> Any:
        """Return the JSON of an answer, which has to be one of success."""
        address = f"/api/v1/pim{path}"
        answer = self._client.open(address, method=method, json=body, headers=self._headers)
        assert answer.status_code < 300, answer.text[:1_000]
        return answer.get_json()

    def bring(self, entries: list[Json]) -> Json:
        """Import products by a bulk job, and return it when it is over."""
        body = {"job_type": "BULK_IMPORT", "payload": entries}
        made = self.ask("POST", "/bulk-jobs", body)
        run_pending_jobs(self._database)
        jobs: list[Json] = self.ask("GET", "/bulk-jobs?type=BULK_IMPORT")
        return next(one for one in jobs if one["id"] == made["id"])

    def text_of_export(self) -> str:
        """Export everything and return the file."""
        asked = self.ask("POST", "/export")
        run_pending_jobs(self._database)
        path = f"/api/v1/pim/export/{asked['job_id']}/file"
        return self._client.get(path, headers=self._headers).get_data(as_text=True)

    def close(self) -> None:
        """Close the connections."""
        self._client.application.extensions["pims_database"].close()
        self._database.close()
