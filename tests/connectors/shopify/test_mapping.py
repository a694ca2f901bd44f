"""Field mappings: which fields there are, what they get, and what comes back."""

from typing import Any

import pytest

from pims_api.connectors.shopify.fields.mapping import (
    BadValue,
    effective_mappings,
    read_mapping,
    sent_values,
)
from pims_api.connectors.shopify.fields.targets import BadTarget, Level, read_target
from pims_api.connectors.shopify.fields.transforms import BadTransform


@pytest.mark.parametrize(
    ("text", "shown", "level"),
    [
        ("title", "title", Level.PRODUCT),
        ("body_html", "descriptionHtml", Level.PRODUCT),
        ("product_type", "productType", Level.PRODUCT),
        ("seo.title", "seo.title", Level.PRODUCT),
        ("metafields.custom.care-label", "metafields.custom.care-label", Level.PRODUCT),
        ("options[0]", "options[0]", Level.OPTION),
        ("options[2]", "options[2]", Level.OPTION),
        ("variants[0].price", "variants[].price", Level.VARIANT),
        ("variants[].inventoryItem.measurement.weight",
         "variants[].inventoryItem.measurement.weight", Level.VARIANT),
        ("variants[].metafields.custom.size", "variants[].metafields.custom.size", Level.VARIANT),
    ],
)  # fmt: skip
def test_a_field_is_read(text: str, shown: str, level: Level) -> None:
    target = read_target(text)
    assert (str(target), target.level) == (shown, level)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "Title",
            "nothing",
            "options[3]",
            "options[00]",
            "options[]",
            "options[-1]",
            "variants[1].price",
        ),
        *("variants[].title", "variants.price", "metafields.a", "metafields.custom.", "price"),
        *(
            "metafields.pims.product_id",
            "variants[].body_html",
            "seo",
            "variants[0].variants[].sku",
        ),
    ],
)
def test_what_is_no_field_is_refused(text: str) -> None:
    with pytest.raises(BadTarget):
        read_target(text)


@pytest.mark.parametrize("text", ["upper", "trim|", "|trim", "trim,lowercase", "Trim"])
def test_what_is_no_transform_is_refused(text: str) -> None:
    with pytest.raises(BadTransform):
        read_mapping("a", "title", text)


@pytest.mark.parametrize(
    ("target", "transform", "value", "sent"),
    [
        ("title", None, " A ", " A "),
        ("title", "trim", " A ", "A"),
        ("title", "trim | uppercase", " a ß ", "A SS"),
        ("title", "lowercase", "ÄB", "äb"),
        ("handle", "slug", "Blåbær & Öl / 2", "blabr-ol-2"),
        ("descriptionHtml", "html", "One\n\nTwo & <3", "<p>One</p><p>Two &amp; &lt;3</p>"),
        ("title", "text", "<p>A&nbsp;b<br>c</p><p> d </p>", "A b\nc\nd"),
        ("tags", None, "a, b ,,c", ["a", "b", "c"]),
        ("tags", None, ["a ", "b"], ["a", "b"]),
        ("tags", "split | uppercase", "a,b", ["A", "B"]),
        ("title", "join", ["a", "b"], "a, b"),
        ("title", None, True, "true"),
        ("status", None, "draft", "DRAFT"),
        ("status", None, "inactive", "DRAFT"),
        ("status", None, "deleted", "ARCHIVED"),
        ("status", None, "Unlisted", "UNLISTED"),
        ("status", None, True, "ACTIVE"),
        ("status", None, False, "DRAFT"),
        ("variants[].price", None, "129.990", "129.990"),
        ("variants[].price", "number", " 5 ", "5"),
        ("variants[].taxable", None, "N", False),
        ("variants[].inventoryPolicy", None, "continue", "CONTINUE"),
        ("media", None, "https://a.example/1.jpg", ["https://a.example/1.jpg"]),
        ("title", None, None, None),
        ("tags", None, [], None),
        ("tags", None, " , ", None),
    ],
)
def test_what_a_field_gets(target: str, transform: str | None, value: Any, sent: Any) -> None:
    assert read_mapping("a", target, transform).sent(value) == sent


@pytest.mark.parametrize(
    ("target", "transform", "value"),
    [
        ("variants[].price", None, "ten"),
        ("variants[].price", None, "-1"),
        ("variants[].price", None, "1e3"),
        ("status", None, "gone"),
        ("variants[].taxable", None, "maybe"),
        ("variants[].inventoryPolicy", None, "allow"),
        ("title", "number", "x"),
    ],
)
def test_what_a_field_cannot_hold_names_both(
    target: str, transform: str | None, value: Any
) -> None:
    with pytest.raises(BadValue, match=r"^cost does not fit .*: "):
        read_mapping("cost", target, transform).sent(value)


@pytest.mark.parametrize(
    ("transform", "held", "received"),
    [
        (None, "A", "A"),
        ("split", ["a", "b"], "a, b"),
        ("join", "a, b", ["a", "b"]),
        ("number", "5", "5"),
        ("string", "5", "5"),
        ("split|join", "a, b", "a, b"),
        (None, "", None),
        (None, [], None),
    ],
)
def test_what_comes_back(transform: str | None, held: Any, received: Any) -> None:
    mapping = read_mapping("a", "title", transform)
    assert mapping.comes_back
    assert mapping.received(held) == received


@pytest.mark.parametrize("transform", ["trim", "uppercase", "slug", "html", "text", "split|trim"])
def test_what_cannot_be_undone_does_not_come_back(transform: str) -> None:
    assert not read_mapping("a", "title", transform).comes_back


def shown(aliases: list[str], *mapped: tuple[str, str]) -> list[tuple[str, str]]:
    made = [read_mapping(source, target, None) for source, target in mapped]
    return [(one.source, str(one.target)) for one in effective_mappings(made, aliases)]


def test_without_mappings_the_usual_pairs_hold() -> None:
    assert shown(["name", "product-name", "brand", "price", "tags", "other", "sku"]) == [
        ("product-name", "title"),
        ("brand", "vendor"),
        ("tags", "tags"),
        ("price", "variants[].price"),
        ("sku", "variants[].sku"),
    ]


def test_the_sku_goes_to_the_variants_unless_something_else_does() -> None:
    assert shown(["title"], ("a", "title")) == [("a", "title"), ("sku", "variants[].sku")]
    assert shown(["title"], ("a", "variants[0].sku")) == [("a", "variants[].sku")]


def test_a_value_that_is_not_there_clears_its_field() -> None:
    mappings = [read_mapping("a", "title", None), read_mapping("b", "vendor", None)]
    assert sent_values(mappings, {"a": "A"}) == {"title": "A", "vendor": None}
