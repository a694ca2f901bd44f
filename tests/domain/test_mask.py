"""Masks mean the same with and without RE2, and never run away."""

from collections.abc import Iterator
from time import perf_counter

import pytest

from pims_api.domain.attributes import pattern as patterns


@pytest.fixture(params=["re2", "standard library"])
def _engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.param == "standard library":
        monkeypatch.setattr(patterns, "_RE2", None)
    patterns._compiled.cache_clear()
    yield
    patterns._compiled.cache_clear()


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("[0-9]{13}", "4012345000019", True),
        ("[0-9]{13}", "40123450000190", False),
        ("a|b", "ab", False),
        ("a|bc", "bc", True),
        ("(?i)rod-[a-z]+", "ROD-x", True),
        (r"\d+", "12\n", False),
    ],
)
def test_the_whole_value_must_fit(pattern: str, text: str, fits: bool) -> None:
    assert patterns.fits_mask(pattern, text) is fits


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("pattern", ["(?=a)b", "(?<!a)b", r"(a)\1", "[", "x" * 1001])
def test_what_is_no_mask_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"RE2|characters"):
        patterns.check_mask(pattern)


@pytest.fixture
def _without_re2(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    patterns._compiled.cache_clear()
    monkeypatch.setattr(patterns, "_RE2", None)
    yield
    patterns._compiled.cache_clear()


@pytest.mark.usefixtures("_without_re2")
@pytest.mark.parametrize(
    "pattern",
    [
        "((a+)+)b",
        "(a|a)*b",
        "(?:a?){30}",
        "(?P<one>a*)+?b",
        "(([ab]+)c?){2,}",
        "a*a*a*a*b",
        "a?" * 30 + "a" * 30,
        "(a|aa)" * 30,
    ],
)
def test_what_the_standard_library_could_try_for_minutes_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="google-re2"):
        patterns.check_mask(pattern)
    assert patterns.fits_mask(pattern, "a" * 60) is False


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("([0-9]{3}-)+", "123-456-"),
        ("(ab)?(cd+)?", "abcddd"),
        ("[a-z]+@[a-z]+[.][a-z]+", "a@b.cd"),
        (r"([+*|(]a\)){2}", "+a)|a)"),
        ("(?i)(?:red|green|blue)", "RED"),
        ("[]*]{2}-?", "]*"),
        ("(?:[0-9]{1,3}){1}", "12"),
    ],
)
def test_common_masks_are_taken_by_both_engines(pattern: str, text: str) -> None:
    patterns.check_mask(pattern)
    assert patterns.fits_mask(pattern, text)


@pytest.mark.usefixtures("_without_re2")
@pytest.mark.parametrize("pattern", ["a*a*a*b", ".*a.*a.*a", "a?" * 24 + "b"])
def test_the_hardest_masks_without_re2_stay_quick(pattern: str) -> None:
    patterns.check_mask(pattern)
    started = perf_counter()
    assert patterns.fits_mask(pattern, "a" * 255 + "c") is False
    assert perf_counter() - started < 5


@pytest.mark.parametrize("pattern", ["(a+)+$", "(.*a){20}", "(a|a)*$"])
def test_hard_patterns_stay_quick(pattern: str) -> None:
    assert patterns.fits_mask(pattern, "a" * 50_000 + "b") is False
