"""Pictures are uploaded once, whatever becomes of the answer."""

import pytest

from pims_api.connectors.shopify.product_input import Known
from pims_api.connectors.shopify.product_push import ProductPush
from pims_api.connectors.shopify.remote_product import read_product
from tests.connectors.shopify.conftest import SMALL, again, jacket
from tests.connectors.shopify.server import Server

PICTURES = ["https://a.example/1.jpg", "https://a.example/2.jpg"]


@pytest.mark.parametrize("faults", [["lost"], ["lost", "lost"], ["break", "lost"], ["500"]])
def test_pictures_are_uploaded_once_though_answers_are_lost(
    server: Server, push: ProductPush, faults: list[str]
) -> None:
    reads = ["", ""]  # between the attempts it is asked what arrived
    for fault in faults:
        server.faults.extend([fault, *reads[: 1 if fault in ("break", "500") else 2]])
    pushed = push.create(jacket(SMALL, pictures=PICTURES))
    (product,) = server.shop.products.values()
    assert server.shop.uploads == PICTURES
    assert [one.source for one in product.all_media] == PICTURES
    assert list(pushed.known.media) == PICTURES


def test_a_picture_that_is_added_is_uploaded_once_though_the_answer_is_lost(
    server: Server, push: ProductPush
) -> None:
    pushed = push.create(jacket(SMALL, pictures=PICTURES[:1]))
    (product,) = server.shop.products.values()
    foreign = [{"id": one.id} for one in product.all_media]
    server.shop.change(product, files=[*foreign, {"originalSource": "https://m.example/x.jpg"}])
    server.faults.extend(["", "lost"])
    last = again(push, pushed, jacket(SMALL, pictures=PICTURES))
    assert [one.source for one in product.all_media] == [*PICTURES, "https://m.example/x.jpg"]
    assert [server.shop.uploads.count(one) for one in PICTURES] == [1, 1]
    assert last.known.media == {one.source: one.id for one in product.all_media[:2]}


def test_pictures_of_a_run_that_died_before_it_kept_them_are_known_by_their_names(
    server: Server, push: ProductPush
) -> None:
    names = ["https://a.example/1.jpg", "https://b.example/1.jpg"]
    pushed = push.create(jacket(SMALL, pictures=names))
    remote = read_product(push.client, pushed.known.product_id, push.mappings)
    assert remote is not None
    push.update(jacket(SMALL, pictures=[*names, PICTURES[1]]), remote, Known(remote.id))
    assert server.shop.uploads == [*names, PICTURES[1]]


def test_a_picture_that_is_named_twice_is_uploaded_once(server: Server, push: ProductPush) -> None:
    push.create(jacket(SMALL, pictures=[PICTURES[0], PICTURES[0]]))
    assert server.shop.uploads == [PICTURES[0]]
