"""Pictures are uploaded once, whatever becomes of the answer."""

import pytest

from pims_api.connectors.shopify.product_form import ProductForm
from pims_api.connectors.shopify.product_input import Known
from pims_api.connectors.shopify.product_push import ProductPush
from pims_api.connectors.shopify.remote_product import RemoteProduct, read_product
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


@pytest.mark.parametrize("is_named", [True, False], ids=["named", "nameless"])
@pytest.mark.parametrize("is_kept", [True, False], ids=["added", "created"])
def test_what_a_run_uploaded_that_died_is_not_uploaded_again(
    server: Server, push: ProductPush, is_named: bool, is_kept: bool
) -> None:
    known = push.create(jacket(SMALL, pictures=PICTURES[:1])).known
    (product,) = server.shop.products.values()
    foreign = [{"id": product.all_media[0].id}, {"originalSource": "https://m.example/x.jpg"}]
    wanted = PICTURES[:1]
    if is_kept:
        server.shop.change(product, files=foreign)
        wanted = ["https://b.example/1.jpg", PICTURES[1], PICTURES[0]]
        known = noted(push, jacket(SMALL, pictures=wanted), known)
        update(push, jacket(SMALL, pictures=wanted), known)  # and is killed here
    for one in product.all_media:
        one.named = is_named or "m.example" in one.source
    last = [*wanted, "https://a.example/3.jpg"]
    known = noted(push, jacket(SMALL, pictures=last), known if is_kept else Known(product.id))
    update(push, jacket(SMALL, pictures=last), known)
    others = ["https://m.example/x.jpg"] if is_kept else []
    assert [one.source for one in product.all_media] == last + others
    assert sorted(server.shop.uploads) == sorted(last + others)


def test_what_a_run_noted_that_died_before_it_was_sent_is_uploaded(
    server: Server, push: ProductPush
) -> None:
    pushed = push.create(jacket(SMALL, pictures=PICTURES[:1]))
    (product,) = server.shop.products.values()
    wanted = jacket(SMALL, pictures=PICTURES)
    known = noted(push, wanted, pushed.known)
    mine = [{"id": one.id} for one in product.all_media]
    server.shop.change(product, files=[*mine, {"originalSource": "https://m.example/x.jpg"}])
    update(push, wanted, noted(push, wanted, known))
    sources = [*PICTURES, "https://m.example/x.jpg"]
    assert [one.source for one in product.all_media] == sources
    assert sorted(server.shop.uploads) == sorted(sources)


def test_a_picture_of_a_run_that_died_goes_when_it_is_not_wanted_any_more(
    server: Server, push: ProductPush
) -> None:
    known = push.create(jacket(SMALL, pictures=PICTURES[:1])).known
    (product,) = server.shop.products.values()
    known = noted(push, jacket(SMALL, pictures=PICTURES), known)
    update(push, jacket(SMALL, pictures=PICTURES), known)  # and is killed here
    known = noted(push, jacket(SMALL, pictures=PICTURES[:1]), known)
    update(push, jacket(SMALL, pictures=PICTURES[:1]), known)
    assert [one.source for one in product.all_media] == PICTURES[:1]


def noted(push: ProductPush, form: ProductForm, known: Known) -> Known:
    return push.made.noted(form, there(push, known), known)


def update(push: ProductPush, form: ProductForm, known: Known) -> Known:
    return push.update(form, there(push, known), known).known


def there(push: ProductPush, known: Known) -> RemoteProduct:
    remote = read_product(push.client, known.product_id, push.mappings)
    assert remote is not None
    return remote


def test_a_picture_that_is_named_twice_is_uploaded_once(server: Server, push: ProductPush) -> None:
    push.create(jacket(SMALL, pictures=[PICTURES[0], PICTURES[0]]))
    assert server.shop.uploads == [PICTURES[0]]
