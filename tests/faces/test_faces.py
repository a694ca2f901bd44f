"""Each face words errors in its own way, wherever below its addresses they arise."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Blueprint, Flask, Response
from flask.testing import FlaskClient

from pims_api.domain.access.permission import NotPermitted, Permission
from pims_api.errors import Busy, Conflict, Fault
from tests.databases.fresh import FreshDatabase
from tests.environment import settings_of
from views.app import FACES, create_app
from views.face import OTHER, Face, face_of
from views.transport import json_body, json_response

PRODUCTS = "/pim/manage/products"
BODY_BYTES_MAX = 1_000


def _toy_face(prefix: str, name: str) -> Face:
    """Return a face that answers `{"oops": …}` in its own words, with a route for each refusal."""
    routes = Blueprint(name, __name__, url_prefix=prefix)

    def fail() -> Response:
        raise RuntimeError("The secret of a stack trace")

    def refuse() -> Response:
        raise Conflict("There are two of them!")

    def forbid() -> Response:
        raise NotPermitted(Permission.EDIT_PRODUCTS)

    def wait() -> Response:
        raise Busy

    def echo() -> Response:
        return json_response(json_body())

    for view in (fail, refuse, forbid, wait, echo):
        routes.add_url_rule(f"/{view.__name__}", view.__name__, view, methods=["POST"])
    return Face(
        blueprint=routes,
        prefix=prefix,
        error_body=lambda faults, _warnings: {"oops": f"{name}: {faults[0].message}"},
        faults_of=lambda refused: (
            [Fault("no", f"may not {refused.permission.name}")]
            if isinstance(refused, NotPermitted)
            else refused.faults
        ),
        http_faults={
            OTHER: Fault("odd", "odd"),
            404: Fault("gone", "nobody home"),
            405: Fault("verb", "wrong verb"),
            413: Fault("big", "too big"),
            500: Fault("down", "fell over"),
        },
    )


TOY, INNER = _toy_face("/toy", "toy"), _toy_face("/toy/in", "inner")


@pytest.fixture(scope="module")
def client_of(fresh_database: FreshDatabase) -> Iterator[Callable[..., FlaskClient]]:
    """`client_of(TOY, error_status_200=True)`: PIMS and these faces, with these settings."""
    made: dict[str, Flask] = {}

    def client(*faces: Face, **settings: bool) -> FlaskClient:
        wanted = f"{[face.prefix for face in faces]} {settings}"
        if wanted not in made:
            chosen = replace(settings_of(url), body_bytes_max=BODY_BYTES_MAX, **settings)
            made[wanted] = create_app(chosen, (*FACES, *faces))
        return made[wanted].test_client()

    with fresh_database("sqlite") as url:
        yield client
    for app in made.values():
        app.extensions["pims_database"].close()


@pytest.mark.parametrize("prefix", [TOY.prefix, INNER.prefix])
@pytest.mark.parametrize(
    ("method", "address", "status", "message"),
    [
        ("GET", "", 404, "nobody home"),
        ("GET", "/", 404, "nobody home"),
        ("POST", "/nowhere/near", 404, "nobody home"),
        ("GET", "/refuse", 405, "wrong verb"),
        ("POST", "/fail", 500, "fell over"),
        ("POST", "/refuse", 409, "There are two of them!"),
        ("POST", "/forbid", 403, "may not EDIT_PRODUCTS"),
        ("POST", "/wait", 503, "The server is busy, nothing was stored. Please try again!"),
    ],
)
def test_a_second_face_words_all_that_goes_wrong_below_its_prefix(
    client_of, prefix, method, address, status, message
) -> None:
    name = {TOY.prefix: "toy", INNER.prefix: "inner"}[prefix]

    reply = client_of(INNER, TOY).open(prefix + address, method=method)

    assert (reply.status_code, reply.get_json()) == (status, {"oops": f"{name}: {message}"})
    assert reply.headers.get("Allow") == ("POST" if status == 405 else None)
    assert reply.headers.get("Retry-After") == ("1" if status == 503 else None)


def test_a_second_face_words_what_is_wrong_with_a_body(client_of) -> None:
    client = client_of(TOY)

    too_large = client.post("/toy/echo", data=b"x" * 2_000, content_type="application/json")
    no_json = client.post("/toy/echo", data=b"{", content_type="application/json")

    assert (too_large.status_code, too_large.get_json()) == (413, {"oops": "toy: too big"})
    assert no_json.status_code == 400
    assert list(no_json.get_json()) == ["oops"]


@pytest.mark.parametrize(
    ("case", "method", "address", "body"),
    [
        ("nothing at the root", "GET", "/", b""),
        ("nothing beside the faces", "GET", "/toys/refuse", b""),
        ("nothing below a locale", "GET", "/api/en-us/nowhere", b""),
        ("another method", "GET", PRODUCTS, b""),
        ("another method below a locale", "GET", f"/api/en-us{PRODUCTS}", b""),
        ("no key", "POST", PRODUCTS, b"{}"),
        ("no key, below a locale", "POST", f"/api/en-us{PRODUCTS}", b"{}"),
    ],
)
def test_pims_answers_as_if_it_were_alone(client_of, case, method, address, body) -> None:
    replies = [
        client.open(
            address,
            method=method,
            data=body,
            content_type="application/json",
            headers={"X-Request-ID": "mine"},
        )
        for client in (client_of(), client_of(TOY, INNER))
    ]

    alone, beside = ((one.status, list(one.headers), one.data) for one in replies)
    assert alone == beside
    assert replies[0].get_json()["status"] == "Error"


def test_only_errors_that_say_so_in_their_body_may_have_status_200(client_of) -> None:
    client = client_of(TOY, error_status_200=True)

    assert client.get("/nowhere").status_code == 200
    assert client.get("/toy/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "pims"),
        ("/api", "pims"),
        ("/toy", "toy"),
        ("/toy/", "toy"),
        ("/api/v1x", "pims"),
        ("/toy/in", "inner"),
        ("/toy/inside", "toy"),
        ("/toy/in/side", "inner"),
        ("", "pims"),
    ],
)
def test_an_address_belongs_to_the_face_with_the_longest_prefix(path, name) -> None:
    for faces in ((*FACES, TOY, INNER), (INNER, TOY, *FACES)):
        assert face_of(faces, path).blueprint.name == name


def test_the_faces_that_are_served_have_all_addresses_and_their_routes(client_of) -> None:
    """A route outside the prefix of its face would be refused in another face's words."""
    rules = client_of().application.url_map.iter_rules()
    names = {face.blueprint.name: face for face in FACES}

    for rule in rules:
        name, dot, _ = rule.endpoint.partition(".")
        if dot:
            assert face_of(FACES, rule.rule) is names[name], rule
    assert face_of(FACES, "/anything").prefix == ""
