"""pims secret rotate: in the file beside a SQLite database, or what to set in the environment."""

from pathlib import Path

import pytest

from pims_api.storage.identity.secret import SECRET_BYTES, secret_file

PRESENT = "A" * 43


@pytest.fixture
def secret(database) -> Path:
    """The file of the secret."""
    path = secret_file(database.url)
    if path is None:
        pytest.skip("The file is beside a SQLite database.")
    return path


def test_the_file_gets_a_new_secret_before_the_present_one(run, secret) -> None:
    (first,) = secret.read_text().split()
    said = run("secret", "rotate")
    assert said == (
        "There is a new secret, and the one before stays good until the next time. "
        "0 texts were sealed anew. Tokens of before hold until they end, within 24 hours.\n"
    )
    second, old = secret.read_text().split()
    assert old == first != second
    assert len(second) == 44
    assert secret.stat().st_mode & 0o777 == 0o600
    run("secret", "rotate")
    assert secret.read_text().split()[1:] == [second]


def test_init_leaves_the_file_as_it_is(run, secret) -> None:
    run("secret", "rotate")
    before = secret.read_text()
    run("init")
    assert secret.read_text() == before


def test_without_the_file_it_says_what_to_do(run, secret) -> None:
    secret.unlink()
    assert "run pims init" in run("secret", "rotate", status=1)
    assert not secret.exists()


def test_on_postgresql_the_first_one_is_told(run, database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has a file.")
    name, _, told = run("secret", "rotate").strip().partition("=")
    assert (name, len(told)) == ("PIMS_SECRET_KEY", 44)


def test_in_the_environment_the_variables_are_told(run, database, monkeypatch) -> None:
    monkeypatch.setenv("PIMS_SECRET_KEY", PRESENT)
    first, second = run("secret", "rotate").splitlines()
    assert first == "PIMS_SECRET_KEY_PREVIOUS=$PIMS_SECRET_KEY"
    assert second.startswith("PIMS_SECRET_KEY=")
    assert PRESENT not in second
    path = secret_file(database.url)
    assert path is None or len(path.read_text().split()) == 1


def test_with_both_variables_it_seals_anew(run, monkeypatch) -> None:
    monkeypatch.setenv("PIMS_SECRET_KEY", PRESENT)
    monkeypatch.setenv("PIMS_SECRET_KEY_PREVIOUS", "B" * 43)
    assert run("secret", "rotate") == (
        "0 texts were sealed anew. Tokens of before hold until they end, within 24 hours. "
        "After that PIMS_SECRET_KEY_PREVIOUS may be taken away.\n"
    )
    monkeypatch.setenv("PIMS_SECRET_KEY_PREVIOUS", "no secret")
    said = run("secret", "rotate", status=1)
    assert f"PIMS_SECRET_KEY_PREVIOUS is not {SECRET_BYTES} bytes in base64." in said
