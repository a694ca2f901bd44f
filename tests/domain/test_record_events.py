"""Which events a change of a product is."""

import pytest

from pims_api.domain.outlets.record_events import events_of

LAMP = {"sku": "A", "status": "active", "name": "Lamp"}
BULB = LAMP | {"variation_of": "B"}
GONE = {"status": "deleted"}


@pytest.mark.parametrize(
    ("old", "new", "after", "events"),
    [
        (dict.fromkeys(LAMP), LAMP, LAMP, ["entity.created"]),
        (dict.fromkeys(BULB), BULB, BULB, ["variant.created"]),
        (dict.fromkeys(LAMP), LAMP | GONE, LAMP | GONE, []),
        ({"name": "L"}, {"name": "Lamp"}, LAMP, ["entity.updated"]),
        ({"name": "L"}, {"name": "Lamp"}, BULB, ["variant.updated"]),
        ({"name": "L"}, {"name": "Lamp"}, LAMP | GONE, []),
        ({"status": "active"}, GONE, LAMP | GONE, ["entity.deleted"]),
        ({"status": "inactive"}, GONE, BULB | GONE, ["variant.deleted"]),
        (GONE, {"status": "active"}, LAMP, ["entity.created"]),
        (GONE, {"status": "inactive"}, BULB, ["variant.created"]),
        ({"status": "active"}, {"status": "inactive"}, LAMP, ["entity.updated"]),
        ({"~stage": None}, {"~stage": "draft"}, LAMP, ["entity.transition"]),
        ({"~stage": None, "name": "L"}, {"~stage": "draft", "name": "Lamp"}, LAMP,
         ["entity.transition", "entity.updated"]),
        ({"variation_of": None}, {"variation_of": "B"}, BULB,
         ["entity.deleted", "variant.created"]),
        ({"variation_of": "B"}, {"variation_of": None}, LAMP,
         ["variant.deleted", "entity.created"]),
        ({"variation_of": "C"}, {"variation_of": "B"}, BULB, ["variant.updated"]),
    ],
)  # fmt: skip
def test_each_change_is_the_events_that_it_means(old, new, after, events) -> None:
    assert [str(one.event) for one in events_of(old, new, after)] == events
