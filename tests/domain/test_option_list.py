"""Lists of allowed values."""

from time import perf_counter

from pims_api.domain.attributes.option_list import Option, OptionList


def colors(*aliases: str) -> OptionList:
    """Return a list with these values in this order."""
    made = OptionList(5)
    for place, alias in enumerate(aliases):
        made.put(Option(alias, alias, place))
    return made


def test_values_come_in_their_order() -> None:
    assert [one.alias for one in colors("red", "blue").in_order()] == ["red", "blue"]


def test_a_value_left_out_is_removed_but_known() -> None:
    options = colors("red", "blue", "green")
    for option in options.replaced_by([Option("green", "green", 0), Option("black", "black", 0)]):
        options.put(option)
    assert [one.alias for one in options.in_order()] == ["green", "black"]
    removed = options.find("red")
    assert removed is not None
    assert removed.removed
    assert options.alias("red") == "red"


def test_only_what_differs_is_put_anew() -> None:
    options = colors("red", "blue")
    same = [Option("red", "red", 9), Option("blue", "blue", 9)]
    assert options.replaced_by(same) == []


def test_an_alias_may_move_to_another_option() -> None:
    options = colors("red")
    options.put(Option("red", "crimson", 0))
    assert options.find("red") is None
    assert options.alias("red") == "crimson"


def test_a_copy_changes_alone() -> None:
    options = colors("red")
    duplicate = options.copy()
    duplicate.put(Option("blue", "blue", 1))
    assert options.find("blue") is None
    assert [one.alias for one in duplicate.in_order()] == ["red", "blue"]
    assert (options.next_position(), duplicate.next_position()) == (1, 2)


def test_a_new_option_comes_behind_every_one_there_ever_was() -> None:
    options = colors("red", "blue", "green")
    options.put(Option("green", "green", 1, removed=True))
    assert options.next_position() == 3
    assert OptionList(5).next_position() == 0


def test_many_options_join_in_a_moment() -> None:
    options = OptionList(5)
    started = perf_counter()
    for number in range(30_000):
        options.put(Option(f"{number}", f"{number}", options.next_position()))
    assert perf_counter() - started < 2  # the seconds of looking at all each time: minutes
    assert options.next_position() == 30_000


def _list_with_chosen_ids() -> OptionList:
    one = OptionList(7)
    one.put(Option("red", "red", 0, client_id="r-1"))
    one.put(Option("blue", "blue", 1))
    return one


def test_a_list_finds_options_by_chosen_ids_and_nothing_by_an_empty_one() -> None:
    one = _list_with_chosen_ids()
    found = one.find_client_id("r-1")
    assert found is not None
    assert found.id == "red"
    assert one.find_client_id("") is None
    assert one.find_client_id("red") is None


def test_a_chosen_id_follows_the_option_that_is_put_again() -> None:
    one = _list_with_chosen_ids()
    before = one.copy()
    one.put(Option("red", "red", 0, client_id="r-2"))
    moved = one.find_client_id("r-2")
    assert one.find_client_id("r-1") is None
    assert moved is not None
    assert moved.id == "red"
    assert before.find_client_id("r-1") is not None
    assert before.find_client_id("r-2") is None


def test_an_option_that_is_taken_back_gives_up_its_chosen_id() -> None:
    one = _list_with_chosen_ids()
    green = Option("green", "green", 2, client_id="g-1")
    one.put(green)
    one.drop(green)
    assert one.find_client_id("g-1") is None
