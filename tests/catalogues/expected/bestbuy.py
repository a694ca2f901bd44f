"""Questions to the loaded Best Buy tree, answered from its file by plain Python.

One product is in every category of some subtrees; its SKU is the category's id.
"""

from collections import Counter
from typing import Any

from tests.catalogues.erp_client import CATEGORIES, ErpClient
from tests.catalogues.question import Question, listed
from tests.catalogues.sources.bestbuy import BestBuySource

Json = dict[str, Any]

FILLED = ("Musical Instruments", "Car Electronics & GPS")


def products(source: BestBuySource) -> list[Json]:
    """Return the bodies of createProduct."""
    return [
        {"sku": number, "data": {"attributes": {"title": name, "categories": [path]}}}
        for top in FILLED
        for number in source.below(top)
        for path in [source.sound[number]]
        for name in [path.rpartition(" > ")[2]]
    ]


def questions(source: BestBuySource) -> list[Question]:
    """Return the questions with their answers."""
    tops = Counter(path.partition(" > ")[0] for path in source.sound.values())
    return [
        _every_path(source),
        _children(source, "TV & Home Theater"),
        _children(source, max(tops, key=lambda top: (tops[top], top))),
        *(_list(source, path) for path in _asked(source)),
        *(_direct(source, path) for path in _asked(source)),
    ]


def _asked(source: BestBuySource) -> list[str]:
    """Return the filled roots, and the largest subtree of each that is not the root itself."""
    found = []
    for top in FILLED:
        below = [source.sound[number] for number in source.below(top)]
        inner = [path for path in below if path != top]
        found += [top, max(inner, key=lambda path: (len(source.below(path)), path))]
    return found


def _every_path(source: BestBuySource) -> Question:
    def ask(client: ErpClient) -> Json:
        found = client.act("listCategories", path=CATEGORIES)["categories"]
        return {one["cat_path"]: one["cat_data"].get("id") for one in found if one["id"] > 1}

    right = {path: number for number, path in source.sound.items()}
    return Question("every sound category and its id in the source", ask, right)


def _children(source: BestBuySource, path: str) -> Question:
    def ask(client: ErpClient) -> Json:
        found = client.act("listCategories", path=CATEGORIES)["categories"]
        parent = next(one["id"] for one in found if one["cat_path"] == path)
        children = [one["cat_name"] for one in found if one["cat_parent_id"] == parent]
        return {str(place): name for place, name in enumerate(children)}

    start = f"{path} > "
    names = [
        one.removeprefix(start)
        for one in source.sound.values()
        if one.startswith(start) and " > " not in one.removeprefix(start)
    ]
    right = {str(place): name for place, name in enumerate(sorted(names))}
    return Question(f"what is right below {path}, by name", ask, right)


def _list(source: BestBuySource, path: str) -> Question:
    skus = sorted(source.below(path))
    return listed(f"in and below {path}", skus, category=path, includeChildren=True)


def _direct(source: BestBuySource, path: str) -> Question:
    skus = [number for number, found in source.sound.items() if found == path]
    return listed(f"in {path} alone", skus, category=path)
