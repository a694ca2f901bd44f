"""Files to and from the server, and a worker that does in this process what they ask for."""

import io
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from pims_api.jobs.worker import run_pending_jobs

Json = dict[str, Any]


@dataclass
class FileClient:
    """Talks to the addresses of files and jobs with one key, unless told another one."""

    app: Flask
    client: FlaskClient
    key: str

    def send(self, content: bytes, kind: str = "text/csv", status: int = 200, **more: Any) -> Json:
        """Post a file as the body of /pim/import; returns the reply."""
        headers = more.pop("headers", {}) | {"ApiKey": more.pop("key", self.key)}
        path = more.pop("path", "/pim/import")
        reply = self.client.post(
            path, data=content, content_type=kind, headers=headers, query_string=more
        )
        assert reply.status_code == status, reply.text[:1_000]
        answer: Json = reply.get_json()
        return answer

    def send_form(self, content: bytes | None, name: str = "a.csv", status: int = 200, **options):
        """Post a form with a file and options; returns the reply."""
        file = {} if content is None else {"file": (io.BytesIO(content), name)}
        reply = self.client.post("/pim/import", data=options | file, headers={"ApiKey": self.key},
                                 content_type="multipart/form-data")  # fmt: skip
        assert reply.status_code == status, reply.text[:1_000]
        return reply.get_json()

    def import_file(self, content: bytes, kind: str = "text/csv", **options: Any) -> Json:
        """Post a file, have it imported, and return the job."""
        job = self.send(content, kind, **options)["job"]
        return self.done(job["id"])

    def export(
        self, status: int = 200, key: str | None = None, path: str = "/pim/export", **body: Any
    ) -> Json:
        """Ask for an export; returns the reply."""
        headers = {"ApiKey": key or self.key}
        reply = self.client.post(path, json=body, headers=headers)
        assert reply.status_code == status, reply.text[:1_000]
        answer: Json = reply.get_json()
        return answer

    def export_file(self, **body: Any) -> bytes:
        """Have products exported and return the file."""
        job = self.done(self.export(**body)["job"]["id"])
        assert job["state"] == "done", job
        return self.download(job["links"]["result"])

    def done(self, number: int) -> Json:
        """Do the jobs that wait, and return one of them as it is then."""
        run_pending_jobs(self.app.extensions["pims_database"])
        return self.job(number)

    def job(self, number: int, key: str | None = None) -> Json:
        found: Json = self.get(f"/pim/jobs/{number}", key=key)["job"]
        return found

    def get(self, path: str, status: int = 200, key: str | None = None) -> Json:
        reply = self.client.get(path, headers={"ApiKey": key or self.key})
        assert reply.status_code == status, reply.text[:1_000]
        answer: Json = reply.get_json()
        return answer

    def download(self, path: str, status: int = 200, key: str | None = None) -> bytes:
        reply = self.client.get(path, headers={"ApiKey": key or self.key})
        assert reply.status_code == status, reply.text[:1_000]
        return reply.data
