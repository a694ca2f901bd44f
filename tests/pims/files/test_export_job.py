"""POST /pim/export: a worker writes the file, the job tells where it is."""

import io
import json

import openpyxl
import pytest

from pims_api.jobs import job_run, worker
from pims_api.jobs.job_run import KEY_IS_GONE

PLAIN = ["title"]


@pytest.fixture
def shop(given_attribute, given_product):
    """Three products, one of them deleted; a number; an attribute to hide."""
    given_attribute("price", "number", isFilterable="y")
    given_attribute("secret", isFilterable="y")
    given_product("A", title="Rod", price="9.50", secret="hush")
    given_product("B", title="Bär", price="10", secret="hush")
    given_product("C", title="Cog", status="deleted")


def test_products_come_as_csv_unless_asked_otherwise(files, shop):
    found = files.export_file(attributes=["title", "price"])
    assert found.decode() == "sku,title,price\r\nA,Rod,9.50\r\nB,Bär,10\r\n"


def test_the_job_tells_how_much_there_is(files, shop):
    job = files.done(files.export(attributes=PLAIN)["job"]["id"])
    size = len("sku,title\r\nA,Rod\r\nB,Bär\r\n".encode())
    assert job["result"] == {"format": "csv", "products": 2, "bytes": size}
    assert (job["kind"], job["state"], job["done"], job["total"]) == ("export", "done", 2, 2)
    assert job["links"]["result"] == f"/pim/jobs/{job['id']}/result"


def test_the_file_says_what_it_is(files, shop):
    job = files.done(files.export(attributes=PLAIN)["job"]["id"])
    reply = files.client.get(job["links"]["result"], headers={"ApiKey": files.key})
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="products.csv"'
    assert reply.content_length == len(reply.data) == job["result"]["bytes"]


def test_products_come_as_json_lines(files, shop):
    lines = files.export_file(format="jsonl", attributes=PLAIN).decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"sku": "A", "title": "Rod"}, {"sku": "B", "title": "Bär"},
    ]  # fmt: skip


def test_products_come_as_a_workbook(files, shop):
    found = files.export_file(format="xlsx", attributes=PLAIN)
    rows = openpyxl.load_workbook(io.BytesIO(found)).active.values
    assert list(rows) == [("sku", "title"), ("A", "Rod"), ("B", "Bär")]


@pytest.mark.parametrize("name", ["condition_query", "condition"])
def test_a_condition_chooses_products(files, shop, name):
    found = files.export_file(attributes=PLAIN, **{name: "[[price]] < 10"})
    assert found == b"sku,title\r\nA,Rod\r\n"


@pytest.mark.parametrize("name", ["includeDeleted", "include_deleted"])
def test_deleted_products_come_when_asked_for(files, shop, name):
    found = files.export_file(attributes=["status"], **{name: "Y"})
    assert found == b"sku,status\r\nA,active\r\nB,active\r\nC,deleted\r\n"


@pytest.mark.parametrize(
    ("case", "body", "pointer"),
    [
        ("condition", {"condition_query": "[[price]] <"}, "/condition_query"),
        ("attribute", {"attributes": ["titel"]}, "/attributes/0"),
        ("attributes", {"attributes": "title"}, "/attributes"),
        ("format", {"format": "pdf"}, "/format"),
        ("flag", {"includeDeleted": "maybe"}, "/includeDeleted"),
        ("view", {"view": 5}, "/view"),
    ],
)
def test_what_is_wrong_is_told_at_once_and_nothing_is_stored(
    files, shop, unchanged, case, body, pointer
):
    with unchanged():
        reply = files.export(status=400, **body)
    assert reply["errors"][0]["pointer"] == pointer, case


def test_an_export_needs_the_permission(files, shop, make_key, unchanged):
    key = make_key("pim_user", "pim_editor", "pim_import")
    with unchanged():
        reply = files.export(status=403, key=key)
    assert reply["errors"][0]["allowed"] == ["pim_export"]


def test_an_export_ends_when_its_key_was_withdrawn_meanwhile(files, shop, make_key):
    key = make_key("pim_export")
    number = files.export(key=key)["job"]["id"]
    files.client.post("/pim/keydelete", json={"key": key}, headers={"ApiKey": files.key})
    job = files.done(number)
    assert (job["state"], job["error"]) == ("failed", KEY_IS_GONE)
    assert "result" not in job["links"]


@pytest.fixture
def bound(pims, make_key, shop):
    """A key that sees title as name, no price, no secret, and B alone."""
    pims("addPimView", path="/pim/manage/views", name="shop", status=200,
         attributes={"title": {"transform": "name"}}, condition_query="[[price]] = 10")  # fmt: skip
    return make_key("pim_export", "pim_manager", "pim_security", views=("shop",))


def test_an_export_holds_what_the_view_shows(files, bound):
    number = files.export(key=bound)["job"]["id"]
    files.done(number)
    found = files.download(f"/pim/jobs/{number}/result", key=bound)
    assert found.decode() == "sku,name\r\nB,Bär\r\n"


def test_a_view_may_be_named(files, bound):
    found = files.export_file(view="shop")
    assert found.decode() == "sku,name\r\nB,Bär\r\n"


def test_hidden_attributes_are_unknown(files, bound):
    told = [
        files.export(status=400, key=bound, **body)["status_message"].replace("secret", "becret")
        for name in ("secret", "becret")
        for body in ({"attributes": [name]}, {"condition_query": f"[[{name}]] = 'x'"})
    ]
    assert told[:2] == told[2:]


def test_a_key_that_is_bound_to_views_gets_no_file_of_another_key(files, bound):
    number = files.export()["job"]["id"]
    files.done(number)
    for path in ("", "/result", "/errors"):
        reply = files.get(f"/pim/jobs/{number}{path}", status=404, key=bound)
        assert reply["status_message"] == "Job does not exist!"


def test_an_export_that_is_begun_anew_is_whole(files, shop, monkeypatch):
    class Killed(BaseException):
        pass

    def save_and_die(self, progress, name="", content=b""):
        saved(self, progress, name, content)
        raise Killed

    saved = job_run.JobRun.save
    number = files.export(attributes=PLAIN)["job"]["id"]
    with monkeypatch.context() as patch:
        patch.setattr(job_run.JobRun, "save", save_and_die)
        with pytest.raises(Killed):
            files.done(number)
    assert files.get(f"/pim/jobs/{number}/result", status=404)["status"] == "Error"
    monkeypatch.setattr(worker, "now_us", lambda: 2**60)
    assert files.done(number)["state"] == "done"
    assert (
        files.download(f"/pim/jobs/{number}/result") == "sku,title\r\nA,Rod\r\nB,Bär\r\n".encode()
    )


def test_what_is_exported_can_be_imported_again_and_changes_nothing(files, shop):
    found = files.export_file(includeDeleted=True)
    job = files.import_file(found)
    assert (job["totals"]["unchanged"], job["totals"]["rejected"]) == (3, 0)


def test_a_locale_in_the_address_is_that_of_the_values(files, pims, german, given_attribute):
    given_attribute("name", isLocalizable="y")
    values = {"attributes": {"title": "Rod", "name": "rod"}}
    pims("createProduct", sku="A", data=values, status=200)
    stick = {"attributes": {"name": "Stab"}}
    pims("editProduct", sku="A", data=stick, locale="de-de", status=200)
    found = files.export_file(path="/api/de-de/pim/export", attributes=["name"])
    assert found == b"sku,name\r\nA,Stab\r\n"


def test_a_file_is_as_of_a_moment(files, shop, given_product, pims):
    then = pims("listProduct", params={"as_of": "2999-01-01"})["as_of"]["transaction"]
    pims("editProduct", sku="A", data={"attributes": {"price": "99"}}, status=200)
    given_product("D")
    for name, moment in (("as_of", then), ("asOf", then)):
        found = files.export_file(attributes=["price"], **{name: moment})
        assert found == b"sku,price\r\nA,9.50\r\nB,10\r\n"
    assert files.export_file(attributes=["price"], as_of="1999-01-01") == b"sku,price\r\n"
    assert b"D,\r\n" in files.export_file(attributes=["price"], as_of="2999-01-01")


@pytest.mark.parametrize("moment", [10**9, -1, "soon", True, [], 1.5])
def test_what_is_no_moment_is_refused(files, shop, moment):
    refused = files.export(as_of=moment, status=400)
    assert [(one["code"], one["pointer"]) for one in refused["errors"]] == [("range", "/as_of")]
