"""pims tenant: catalogues with UUIDs, and the organizations that own them."""

from uuid import UUID

ORG = "5f0c7a52-9a0b-4d0f-8f55-0c2f5f6f1e7d"


def test_every_tenant_has_a_uuid_and_an_organization_of_its_own(run, run_json):
    run("tenant", "add", "outlet")
    first, second = run_json("tenant", "list")
    assert [list(one) for one in (first, second)] == [["id", "name", "tenant_id", "org_id"]] * 2
    told = [one[key] for one in (first, second) for key in ("tenant_id", "org_id")]
    assert [str(UUID(one)) for one in told] == told
    assert len(set(told)) == 4
    assert run_json("tenant", "list") == [first, second]


def test_an_organization_may_own_several_tenants(run, run_json):
    run("tenant", "add", "outlet", "--org", ORG)
    run("tenant", "add", "archive", "--org", ORG.upper())
    assert [one["org_id"] for one in run_json("tenant", "list")[1:]] == [ORG, ORG]


def test_an_organization_is_known_by_a_uuid(run, run_json):
    refused = run("tenant", "add", "outlet", "--org", "acme", status=1)
    assert "'acme' is no UUID: an organization is known by one!" in refused
    assert [one["name"] for one in run_json("tenant", "list")] == ["default"]
