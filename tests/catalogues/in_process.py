"""The ERP client without a network: what it sends goes straight into the application."""

from flask import Flask

from tests.catalogues.erp_client import ErpClient, Request, Send


class InProcess:
    """A `Send` over Flask's test client."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def __call__(self, request: Request, /) -> tuple[int, bytes]:
        headers = list(request.headers.items())
        reply = self._client.open(
            request.path, method=request.method, data=request.body, headers=headers
        )
        return reply.status_code, reply.data

    def close(self) -> None:
        """There is nothing to close."""


def in_process_client(app: Flask, key: str) -> ErpClient:
    """Return an ERP client of the application; its twins each get a test client of their own."""

    def open_sender(_base_url: str) -> Send:
        return InProcess(app)

    return ErpClient("", key, open_sender=open_sender)
