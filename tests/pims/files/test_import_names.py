"""An upload with a name is imported once: sent again it is answered by the same job."""

import pytest

from tests.databases.fresh import on_one_engine

TITLES = b"sku,title\nA,Rod\nB,Bar\n"
IMPORT = "/pim/import"


@pytest.fixture
def send(client, key):
    def post(content=TITLES, name="n-1", path=IMPORT, kind="text/csv", **headers):
        named = {} if name is None else {"Idempotency-Key": name}
        return client.post(
            path, data=content, content_type=kind, headers={"ApiKey": key} | named | headers
        )

    return post


@pytest.fixture
def send_form(client, key):
    def post(content=TITLES, boundary="x", **options):
        parts = [f'name="{name}"\r\n\r\n{text}'.encode() for name, text in options.items()]
        parts.append(b'name="file"; filename="a.csv"\r\n\r\n' + content)
        mark = f"--{boundary}\r\nContent-Disposition: form-data; ".encode()
        body = b"".join(mark + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return client.post(IMPORT, data=body, content_type=kind, headers={"ApiKey": key})

    return post


def replayed(answer):
    return answer.headers.get("Idempotent-Replayed") == "true"


def test_the_same_file_is_answered_by_the_same_job(send, files, unchanged, client, key) -> None:
    first = send()
    files.done(first.json["job"]["id"])

    with unchanged():
        again = send()

    assert (again.status_code, again.data) == (200, first.data)
    assert (replayed(first), replayed(again)) == (False, True)
    jobs = client.get("/pim/jobs", headers={"ApiKey": key}).json["jobs"]
    assert [one["id"] for one in jobs] == [first.json["job"]["id"]]


@pytest.mark.parametrize(
    ("case", "other"),
    [
        ("another file", {"content": TITLES + b"C,Rail\n"}),
        ("an option", {"path": IMPORT + "?emptyUnsets=Y"}),
        ("another user", {"ApiUser": "Ann"}),
    ],
)
def test_another_upload_may_not_have_its_name(send, unchanged, case, other) -> None:
    send()
    with unchanged():
        answer = send(**other)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "idempotency")


def test_of_a_form_the_file_and_the_options_count(send_form) -> None:
    first = send_form(idempotency_key="n-1", createMissing="categories")
    again = send_form(boundary="other", idempotency_key="n-1", createMissing="categories")
    other = send_form(idempotency_key="n-1", createMissing="attributes")

    assert (again.data, replayed(again)) == (first.data, True)
    assert other.status_code == 422


def test_the_name_may_stand_in_the_address(send) -> None:
    path = IMPORT + "?idempotency_key=n-1"
    first, again = send(path=path, name=None), send(path=path, name=None)
    assert (again.data, replayed(again)) == (first.data, True)
    assert send(path=path, name="n-2").status_code == 400


@on_one_engine
@pytest.mark.parametrize("name", ["", "x" * 256])
def test_what_is_no_name_is_refused(send, send_form, unchanged, name) -> None:
    with unchanged():
        assert send(name=name).status_code == 400
        assert send_form(idempotency_key=name).status_code == 400


def test_what_is_refused_and_a_trial_keep_nothing(send) -> None:
    assert send(b"sku,colour\nA,red\n").status_code == 400
    assert send(path=IMPORT + "?dry_run=1").status_code == 200
    assert not replayed(send(path=IMPORT + "?dry_run=1"))
    assert (send().status_code, replayed(send())) == (200, True)
