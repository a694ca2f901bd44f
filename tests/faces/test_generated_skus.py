"""An SKU that nobody chose is shown by no face but PIMS, whichever face generated it."""

from collections.abc import Callable

import pytest

from pims_api.domain.tenant_ids import Numbered
from tests.faces.test_parity_of_tenant import (
    app,
    client,
    database,
    ids,
    key,
    make_key,
    pims,
    send,
    shared_app,
    sigma,
    tenant,
)
from tests.sigma.conftest import everywhere

__all__ = [
    "app", "client", "database", "ids", "key", "make_key", "pims", "send", "shared_app", "sigma",
    "tenant",
]  # fmt: skip

SCHEMA = "schema-default"


@pytest.fixture
def record(sigma) -> str:
    """A record without SKU, of a schema that has the attribute."""
    body = {"schemaId": SCHEMA, "values": {"title": everywhere("Rod")}}
    return str(sigma("POST", "/records", body, status=201)["id"])


@pytest.fixture
def product(tenant) -> str:
    """The id in the Sigma face of a product that the tenant face made without SKU."""
    tenant("POST", "/products", {"title": "Hat"})
    return "ent-1"


def test_the_tenant_face_shows_no_sku_of_a_record(tenant, sigma, ids) -> None:
    group = {"id": "grp", "name": "All", "attributeIds": ["attr-title"]}
    body = {"id": "kit", "alias": "kit", "name": "Kit", "variantEnabled": True}
    sigma("POST", "/schemas", body | {"attributeGroups": [group]}, status=201)
    body = {"values": {"title": everywhere("Rod")}}
    sigma("POST", "/records", body | {"schemaId": "kit"}, status=201)
    sigma("POST", "/records/ent-1/variants", body, status=201)
    [row] = tenant("GET", "/products")
    assert tenant("GET", f"/products/{row['id']}")["sku"] is None
    told = [one["message"] for one in tenant("GET", "/validation")]
    assert f"The variant {ids.of_number(Numbered.PRODUCT, 2)} has no SKU." in told
    created = [one["details"]["new"] for one in tenant("GET", "/audit")]
    assert "ent-1" not in str(created)
    assert "var-2" not in str(created)


def test_the_sigma_face_shows_no_sku_of_a_product(sigma, product) -> None:
    values = sigma("GET", f"/records/{product}", status=200)["values"]
    assert list(values) == ["status", "title"]
    for path in (f"/records/{product}/audit", "/audit"):
        assert "'sku'" not in str(sigma("GET", path, status=200))
    exported = sigma("GET", "/export?scope={}", status=200)
    assert [one.get("sku") for one in exported] == [None]


def test_the_audit_of_a_record_names_no_sku_that_nobody_chose(sigma, record) -> None:
    body = {"schemaId": SCHEMA, "values": {"sku": everywhere("A-1")}}
    sigma("POST", "/records", body, status=201)
    [entry] = sigma("GET", f"/records/{record}/audit", status=200)
    assert "sku" not in [one["attribute"] for one in entry["changes"]]
    found = [one for each in sigma("GET", "/audit", status=200)["items"] for one in each["changes"]]
    skus = [one["newValue"] for one in found if one["attribute"] == "sku"]
    assert skus == [everywhere("A-1")]


@pytest.mark.parametrize("made", ["record", "product"])
def test_a_refusal_does_not_tell_it(sigma, request, made) -> None:
    one = request.getfixturevalue(made)
    sent = {"scopedValues": everywhere("X")}
    told = sigma("PATCH", f"/records/{one}/values/sku", sent, status=400)
    assert told["message"] == "sku never changes: it was made without one!"
    values = {"sku": everywhere("X"), "title": everywhere("Rod")}
    told = sigma("PUT", f"/records/{one}", {"values": values}, status=400)
    assert told["message"] == "sku never changes: it was made without one!"
    sigma("PUT", f"/records/{one}", {"values": values | {"sku": everywhere(None)}}, status=200)


def test_full_text_does_not_find_it(sigma, record, product_too) -> None:
    for text in ("ent-1", "ent", "rod ent", product_too):
        assert sigma("GET", f"/search/text?q={text}", status=200)["total"] == 0, text
    assert sigma("GET", "/search/text?q=rod", status=200)["total"] == 1
    body = {"schemaId": SCHEMA, "values": {"title": everywhere("ent"), "sku": everywhere("ENT-9")}}
    sigma("POST", "/records", body, status=201)
    assert sigma("GET", "/search/text?q=ent", status=200)["total"] == 1
    assert sigma("GET", "/search/text?q=ent-9", status=200)["total"] == 1


@pytest.fixture
def product_too(tenant, record) -> str:
    """The UUID of a product that was made without SKU, beside the record."""
    return str(tenant("POST", "/products", {"title": "Hat"})["id"])


def test_a_criterion_takes_no_generated_sku_for_a_value(sigma, pims, record, product_too) -> None:
    """Not of a record, of a product of another face, or of a variation that stands alone now."""
    variant = {"values": {"title": everywhere("Small")}}
    sku = sigma("POST", "/records/ent-1/variants", variant, status=201)["id"]
    pims("editProduct", sku=sku, data={"attributes": {"variation_of": None}})
    body = {"schemaId": SCHEMA, "values": {"title": everywhere("Cap"), "sku": everywhere("A-1")}}
    sigma("POST", "/records", body, status=201)

    def found(operator: str, value: str | None = None) -> list[str]:
        asked = [{"attribute": "sku", "operator": operator, "value": value}]
        items = sigma("POST", "/search", {"criteria": asked}, status=200)["items"]
        return sorted(one["values"]["title"][0]["value"] for one in items)

    made = ["Hat", "Rod", "Small"]
    assert found("isEmpty") == made
    assert found("isNotEmpty") == found("equals", "A-1") == ["Cap"]
    assert found("notEquals", "A-1") == made
    for one in (sku, record, product_too):
        assert found("equals", one) == found("contains", one[:7]) == []
        assert found("notEquals", one) == ["Cap", *made]


@pytest.fixture(params=[True, False], ids=["indexed", "in documents"])
def indexed(request, sigma, pims) -> bool:
    """Whether the index knows the values of two attributes that are links."""
    for alias in ("maker", "parts"):
        made = {"id": alias, "alias": alias, "name": "L", "type": "relation"}
        sigma("POST", "/attributes", made | {"multiple": alias == "parts"}, status=201)
        pims("editAttribute", path="/pim/manage/attributes", name=alias, status=200,
             definition={"isFilterable": request.param})  # fmt: skip
    return bool(request.param)


@pytest.fixture
def add(sigma, product_too, indexed) -> Callable[..., None]:
    """`add(title="Cap", maker="ent-2")`: the next record, after one and a product."""

    def add(**values) -> None:
        sent = {alias: everywhere(value) for alias, value in values.items()}
        sigma("POST", "/records", {"schemaId": SCHEMA, "values": sent}, status=201)

    return add


@pytest.fixture
def linking(sigma) -> Callable[..., list[str]]:
    """`linking("maker", "A-1")`: the records with a link whose text has that in it."""

    def linking(attribute: str, text: str, **sent: str) -> list[str]:
        asked = [{"attribute": attribute, "operator": "contains", "value": text}]
        items = sigma("POST", "/search", {"criteria": asked}, status=200, **sent)["items"]
        return [one["id"] for one in items]

    return linking


def test_a_link_has_no_text_where_its_target_has_no_sku(
    pims, make_key, record, product_too, indexed, add, linking
) -> None:
    """Whoever made the target; in the index, in documents, and for a caller who sees not all."""
    add(title="Cap", sku="A-1")
    add(title="Cap", sku="ent-77")  # which looks made, but was chosen
    add(title="Cap", maker="ent-2", parts=["ent-1", "ent-2", "ent-3"])
    add(title="Cap", maker="ent-4", parts=["ent-1"])
    add(title="Nobody")

    def check(**sent: str) -> None:
        assert linking("maker", product_too[:7], **sent) == linking("parts", "-8", **sent) == []
        assert linking("parts", record, **sent) == linking("parts", "ENT-", **sent) == []
        assert linking("parts", "a-1", **sent) == ["ent-5"]
        assert linking("maker", "ENT-7", **sent) == linking("maker", "t-", **sent) == ["ent-6"]

    check()
    check()  # now of texts that the process keeps, where it does
    if indexed:
        pims("addPimView", path="/pim/manage/views", name="some", status=200,
             attributes={one: {} for one in ("sku", "title", "maker", "parts")},
             condition_query="[[title]] <> 'Nobody'")  # fmt: skip
        check(key=make_key("pim_user", views=("some",), default_view="some"))


def test_a_chosen_sku_is_a_text_though_it_is_an_id_of_what_got_another(
    add, linking, product_too
) -> None:
    add(title="Cap", sku="ent-4")
    add(title="Cap")  # ent-4, whose SKU is ent-4~2 therefore
    assert linking("maker", "ent-4") == []  # the process knows the SKUs up to here from now on
    add(title="Cap", sku="var-1")  # while that of ent-1 is ent-1
    add(title="Cap", sku=f"{product_too}~2")
    add(title="Cap", sku="ent-1~b")
    for target in range(1, 8):
        add(title="Cap", maker=f"ent-{target}")
    holders = {text: linking("maker", text) for text in ("ENT-4", "t-4~", "r-1", "~2", "~", "1~B")}
    assert holders == {
        "ENT-4": ["ent-10"], "t-4~": [], "r-1": ["ent-12"], "~2": ["ent-13"],
        "~": ["ent-13", "ent-14"], "1~B": ["ent-14"],
    }  # fmt: skip
