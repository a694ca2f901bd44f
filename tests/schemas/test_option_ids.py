"""Ids of options on the wire of the Sigma face."""

from pims_api.domain.attributes.option_list import Option, OptionList
from schemas.sigma.ids import find_option


def test_an_option_has_the_id_that_was_chosen_else_one_of_its_own() -> None:
    colors = OptionList(7)
    colors.put(Option("red", "red", 0, client_id="r-1"))
    colors.put(Option("blue", "blue", 1))
    found = [find_option(colors, one) for one in ("r-1", "val-blue", "val-red", "blue", "")]
    shown = [None if one is None else one.id for one in found]
    assert shown == ["red", "blue", None, None, None]
