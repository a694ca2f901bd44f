"""Sending one value and looking at it: those of attribute `a` of product A."""


def stored(pims, value, sku="A"):
    """Send the value of attribute `a` and return it as it is shown afterwards."""
    reply = pims("editProduct", sku=sku, data={"attributes": {"a": value}}, status=200)
    assert "warnings" not in reply
    listed = pims("listProduct", sku=sku, status=200)
    assert listed["data"] == reply["data"]
    return listed["data"]["attributes"]["a"]


def refused(pims, unchanged, value, status=400):
    """Send the value of attribute `a` and return the code of the one fault."""
    with unchanged():
        reply = pims("editProduct", sku="A", data={"attributes": {"a": value}}, status=status)
    [error] = reply["errors"]
    assert error["attribute"] == "a"
    assert error["pointer"] == "/data/attributes/a"
    return error["code"]
