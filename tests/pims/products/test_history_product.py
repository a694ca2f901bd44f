"""historyProduct."""

import time
from datetime import UTC, datetime

import pytest

from pims_api.services.dimensions import add_locale
from pims_api.storage.history.changes import Actor
from pims_api.storage.products.store import find_product
from pims_api.storage.unit_of_work import unit_of_work


@pytest.fixture
def edited(given_attribute, given_product, edit):
    """Product A with four entries: its creation and three edits."""
    given_attribute("price", "number")
    given_product("A", title="Rod", price="100")
    edit("A", price="110.50")
    edit("A", title="Bar", price="120")
    edit("A", title=None)


def prices(reply):
    return [entry["new"].get("price") for entry in reply["history"]]


def test_replies_with_entries_and_definition(pims, edited, key) -> None:
    before = int(time.time())

    reply = pims("historyProduct", sku="A", status=200)

    assert set(reply) == {"status", "total_count", "history", "definition"}
    assert (reply["status"], reply["total_count"]) == ("OK", 4)
    for entry in reply["history"]:
        told = {"user", "date", "formatted_date_round", "transaction", "old", "new"}
        assert set(entry) == told
        assert entry["user"] == f"pxxx...xxx{key[-1]}"
        assert before - 60 <= entry["date"] <= time.time()
        midnight = datetime.fromtimestamp(entry["date"], UTC).strftime("%Y-%m-%d 00:00:00")
        assert entry["formatted_date_round"] == midnight
    assert reply["definition"] == pims("listProduct")["data"]["definition"]


def test_shows_only_what_changed_oldest_first(edited, history) -> None:
    assert history("A") == [
        (
            {"sku": None, "status": None, "categories": None, "title": None, "price": None},
            {
                "sku": "A",
                "status": "active",
                "categories": ["Uncategorized"],
                "title": "Rod",
                "price": "100",
            },
        ),
        ({"price": "100"}, {"price": "110.50"}),
        ({"title": "Rod", "price": "110.50"}, {"title": "Bar", "price": "120"}),
        ({"title": "Bar"}, {"title": None}),
    ]


@pytest.mark.parametrize(
    ("case", "order", "expected"),
    [
        ("none", None, ["100", "110.50", "120", None]),
        ("empty", [], ["100", "110.50", "120", None]),
        ("ASC", [{"direction": "ASC"}], ["100", "110.50", "120", None]),
        ("DESC", [{"direction": "DESC"}], [None, "120", "110.50", "100"]),
        ("desc", [{"direction": "desc"}], [None, "120", "110.50", "100"]),
        ("dir", [{"dir": "DESC"}], [None, "120", "110.50", "100"]),
    ],
)
def test_turns_the_order(pims, edited, case, order, expected) -> None:
    params = {} if order is None else {"order": order}

    assert prices(pims("historyProduct", sku="A", params=params, status=200)) == expected


@pytest.mark.parametrize(
    ("case", "params", "expected"),
    [
        ("first page", {"pagination": {"pageSize": 3}}, ["100", "110.50", "120"]),
        ("second page", {"pagination": {"pageSize": 3, "pageNum": 2}}, [None]),
        ("past the end", {"pagination": {"pageSize": 3, "pageNum": 3}}, []),
        ("aliases", {"pagination": {"limit": 1, "page": 2}}, ["110.50"]),
        ("turned", {"pagination": {"pageSize": 1}, "order": [{"direction": "DESC"}]}, [None]),
    ],
)
def test_pages(pims, edited, case, params, expected) -> None:
    reply = pims("historyProduct", sku="A", params=params, status=200)

    assert (prices(reply), reply["total_count"]) == (expected, 4)


def test_a_page_has_24_entries_when_nothing_is_said(pims, given_product, edit) -> None:
    given_product("A")
    for number in range(25):
        edit("A", title=f"{number}")

    reply = pims("historyProduct", sku="A")

    assert (len(reply["history"]), reply["total_count"]) == (24, 26)


class TestUser:
    @pytest.fixture
    def other_key(self, make_key):
        return make_key("pim_editor")

    @pytest.fixture(autouse=True)
    def entries(self, pims, given_product, edited, other_key):
        for user, key in (("ann@example.com", None), ("Jörg", None), (None, other_key)):
            body = {"data": {"attributes": {"price": f"{len(user or '')}"}}}
            keys = {} if key is None else {"key": key}
            pims("editProduct", sku="A", user=user, **keys, **body, status=200)

    def users(self, pims, params=None, **context):
        reply = pims("historyProduct", sku="A", params=params or {}, status=200, **context)
        assert reply["total_count"] == len(reply["history"])
        return [entry["user"] for entry in reply["history"]]

    def test_is_the_name_sent_or_the_masked_key(self, pims, key, other_key) -> None:
        mine, other = (f"{one[0]}xxx...xxx{one[-1]}" for one in (key, other_key))

        assert self.users(pims) == [mine] * 4 + ["ann@example.com", "Jörg", other]

    @pytest.mark.parametrize("name", ["ann@example.com", "Jörg"])
    def test_finds_a_name(self, pims, name) -> None:
        assert self.users(pims, {"user": name}) == [name]

    @pytest.mark.parametrize("name", ["ann", "nobody", "ANN@EXAMPLE.COM"])
    def test_finds_whole_names_only(self, pims, name) -> None:
        assert self.users(pims, {"user": name}) == []

    def test_finds_a_masked_key(self, pims, key) -> None:
        masked = f"{key[0]}xxx...xxx{key[-1]}"

        assert set(self.users(pims, {"user": masked})) == {masked}

    def test_finds_the_callers_own_key(self, pims, other_key) -> None:
        masked = f"{other_key[0]}xxx...xxx{other_key[-1]}"

        assert self.users(pims, {"user": other_key}, key=other_key) == [masked]

    def test_does_not_find_another_key(self, pims, other_key) -> None:
        assert self.users(pims, {"user": other_key}) == []

    def test_an_empty_name_finds_everything(self, pims) -> None:
        assert len(self.users(pims, {"user": ""})) == 7

    def test_no_reply_holds_a_whole_key(self, pims, key, other_key) -> None:
        text = str(pims("historyProduct", sku="A"))

        assert key not in text
        assert other_key not in text


@pytest.mark.parametrize(
    ("case", "body", "status", "message"),
    [
        ("no sku", {}, 400, "SKU cannot be empty!"),
        ("blank sku", {"sku": " "}, 400, "SKU cannot be empty!"),
        ("unknown sku", {"sku": "NONE"}, 404, "Product does not exist!"),
    ],
)
def test_refuses(pims, case, body, status, message) -> None:
    assert pims("historyProduct", **body, status=status)["status_message"] == message


@pytest.mark.parametrize(
    ("case", "params", "pointer"),
    [
        ("page size", {"pagination": {"pageSize": 501}}, "/params/pagination/pageSize"),
        ("page number", {"pagination": {"pageNum": 0}}, "/params/pagination/pageNum"),
        ("user", {"user": 5}, "/params/user"),
        ("order", {"order": "DESC"}, "/params/order"),
        ("direction", {"order": [{"direction": "UP"}]}, "/params/order/0/direction"),
        ("params", [], "/params"),
    ],
)
def test_refuses_wrong_params(pims, edited, case, params, pointer) -> None:
    reply = pims("historyProduct", sku="A", params=params, status=400)

    assert [error["pointer"] for error in reply["errors"]] == [pointer]


def test_folds_to_the_state_and_each_entry_continues_the_one_before(
    given_attribute, given_product, edit, history, shown
) -> None:
    given_attribute("price", "number")
    given_attribute("tags", collection="y")
    given_product("B")
    given_product("A", title="Rod", tags=["x"])
    steps = [
        {"tags": ["y", "x"], "price": "1"},
        {"status": "deleted"},
        {"title": None, "tags": []},
        {"status": "active", "variation_of": "B"},
        {"price": "1.0", "title": "Bar"},
        {"variation_of": None},
    ]
    for step in steps:
        edit("A", **step)

    state = {}
    for old, new in history("A"):
        assert old.keys() == new.keys()
        assert old == {name: state.get(name) for name in old}
        state |= new
    attributes = shown("A")
    assert {name: value for name, value in state.items() if value is not None} == {
        name: value for name, value in attributes.items() if value not in (None, [], {})
    }


def test_shows_deleted_products(pims, given_product, edit) -> None:
    given_product("A")
    edit("A", status="deleted")

    reply = pims("historyProduct", sku="A", status=200)

    assert reply["history"][-1]["new"] == {"status": "deleted"}


def test_computed_attributes_never_enter(given_product, edit, history) -> None:
    given_product("P", variation_attributes=["title"])

    given_product("C", variation_of="P")
    edit("C", title="x")

    assert len(history("P")) == 1
    names = {name for old, new in history("C") for name in (*old, *new)}
    assert names == {"sku", "status", "categories", "variation_of", "title"}


def test_shows_categories_under_their_present_paths(
    pims, given_category, given_product, edit, history
) -> None:
    tools = given_category("Tools")
    saws = given_category("Tools > Saws")
    given_product("A", categories=["Tools > Saws"])
    edit("A", categories=["Tools"])
    place = "/pim/manage/categories"

    pims("editCategory", path=place, id=saws, name="Blades", status=200)
    assert history("A")[0][1]["categories"] == ["Tools > Blades"]

    pims("deleteCategory", path=place, id=saws, status=200)
    assert history("A")[1] == (
        {"categories": ["Tools > Blades"]},
        {"categories": ["Tools"]},
    )
    pims("editCategory", path=place, id=tools, name="Kit", status=200)
    assert history("A")[1][1] == {"categories": ["Kit"]}
    assert len(history("A")) == 2


def test_null_is_the_same_as_left_out(pims, edited) -> None:
    nulls = {"pagination": {"pageSize": None, "pageNum": None}, "order": None, "user": None}
    plain = pims("historyProduct", sku="A", status=200)

    assert pims("historyProduct", sku="A", params=nulls, status=200) == plain
    assert pims("historyProduct", sku="A", params={"pagination": None}, status=200) == plain
    by_no_direction = {"order": [{"direction": None}]}
    assert pims("historyProduct", sku="A", params=by_no_direction, status=200) == plain


def test_narrows_what_it_shows(pims, edited) -> None:
    params = {"attributes": ["title"], "definition": False}

    reply = pims("historyProduct", sku="A", params=params, status=200)

    assert "definition" not in reply
    shown = [entry["new"] for entry in reply["history"]]
    assert {"title": "Bar"} in shown
    assert all(new.keys() <= {"sku", "title"} for new in shown)


def test_a_refused_user_name(pims, given_product, unchanged) -> None:
    given_product("A")

    with unchanged():
        values = {"attributes": {"title": "x"}}
        reply = pims("editProduct", sku="A", data=values, user="x" * 101, status=400)

    assert [error["code"] for error in reply["errors"]] == ["limit"]


def test_a_deleted_attribute_stays_in_history(pims, given_attribute, given_product):
    given_attribute("gone")
    given_product("ROD-1", gone="was here")
    pims("deleteAttribute", path="/pim/manage/attributes", name="gone", status=200)
    answer = pims("historyProduct", sku="ROD-1", status=200)
    assert answer["history"][0]["new"]["gone"] == "was here"
    assert "gone" not in answer["definition"]


def test_params_attributes_leave_out_entries_about_others(pims, given_product):
    given_product("ROD-1", title="Rod")
    for title, thumbnail in (("Rod", "rod.png"), ("Bar", "rod.png")):
        values = {"title": title, "thumbnail": thumbnail}
        pims("editProduct", sku="ROD-1", data={"attributes": values}, status=200)
    params = {"attributes": ["thumbnail"]}
    answer = pims("historyProduct", sku="ROD-1", params=params, status=200)
    shown = [entry["new"] for entry in answer["history"]]
    assert (answer["total_count"], shown) == (2, [{"sku": "ROD-1"}, {"thumbnail": "rod.png"}])


def test_a_page_is_read_alone(pims, edited, queries) -> None:
    with queries() as sent:
        reply = pims("historyProduct", sku="A", params={"pagination": {"limit": 1}}, status=200)

    assert (len(reply["history"]), reply["total_count"]) == (1, 4)
    read = [one for one in sent if "FROM change" in one]
    assert ["LIMIT" in one for one in read] == [False, True]
    assert read[0].startswith("SELECT count(*)")


@pytest.mark.parametrize("number", [2, 10**6])
def test_a_page_far_past_the_end_is_empty(pims, edited, number) -> None:
    pagination = {"pageSize": 500, "pageNum": number}
    reply = pims("historyProduct", sku="A", params={"pagination": pagination}, status=200)

    assert (reply["history"], reply["total_count"]) == ([], 4)


def test_a_change_of_the_stage_alone_is_no_entry(pims, database, edited) -> None:
    with unit_of_work(database, 1, Actor("tests")) as work:
        product = find_product(work, "A")
        values = product.values | {"~stage": 1}
        (known,) = work.each_product([product.id])
        work.put_product(known._replace(values=values))

    for limit, expected in ((3, ["100", "110.50", "120"]), (500, ["100", "110.50", "120", None])):
        params = {"pagination": {"pageSize": limit}}
        reply = pims("historyProduct", sku="A", params=params, status=200)
        assert (prices(reply), reply["total_count"]) == (expected, 4)


@pytest.fixture
def retyped(pims, edited):
    """A, which became a tool and then none, with a title; and a tool from the start."""
    path = "/pim/manage/attributes"
    pims("addProductType", path=path, status=200, name="tool", attributes=["price"])
    pims("editProduct", sku="A", product_type="tool", status=200)
    data = {"attributes": {"title": "Rod"}}
    pims("editProduct", sku="A", product_type="default", data=data, status=200)
    pims("createProduct", sku="T", product_type="tool", data=data, status=200)


def test_a_change_of_the_product_type_is_an_entry(pims, retyped, history) -> None:
    assert history("A")[4:] == [
        ({"product_type": "default"}, {"product_type": "tool"}),
        ({"title": None, "product_type": "tool"}, {"title": "Rod", "product_type": "default"}),
    ]
    [(old, new)] = history("T")
    assert (old["product_type"], new["product_type"]) == (None, "tool")
    params = {"pagination": {"pageSize": 1}, "order": [{"direction": "DESC"}]}
    reply = pims("historyProduct", sku="A", params=params, status=200)
    assert (reply["total_count"], len(reply["history"])) == (6, 1)
    number = pims("editProduct", sku="A", product_type="tool", status=200)["transaction"]
    reply = pims("historyProduct", sku="A", params={"transaction": number}, status=200)
    assert [one["new"] for one in reply["history"]] == [{"product_type": "tool"}]


def test_a_view_sees_the_product_type_unless_an_attribute_has_its_name(
    pims, retyped, make_key
) -> None:
    for name, shown, expected in (
        ("plain", {"price": {}}, {"product_type": "tool"}),
        ("other", {"price": {"transform": "product_type"}}, None),
    ):
        view = {"name": name, "attributes": shown}
        pims("addPimView", path="/pim/manage/views", status=200, **view)
        key = make_key("pim_user", views=(name,), default_view=name)
        news = [one["new"] for one in pims("historyProduct", sku="A", key=key)["history"]]
        assert news[3:4] == ([] if expected is None else [expected])


def test_what_changed_in_another_locale_is_counted_there_only(
    pims, database, given_attribute, edit, edited
) -> None:
    with unit_of_work(database, 1, Actor("tests")) as work:
        add_locale(work, "de-de", "German")
    given_attribute("slogan", isLocalizable="y")
    body = {"data": {"attributes": {"slogan": "Stab"}}}
    pims("editProduct", sku="A", locale="de-de", **body, status=200)

    assert pims("historyProduct", sku="A")["total_count"] == 4
    assert pims("historyProduct", sku="A", locale="de-de")["total_count"] == 5
