"""Settings come from the environment; what does not fit is named, with what would."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdesk.errors import BadInput
from newsdesk.settings import from_environment


def test_what_is_not_set_has_its_default_and_foreign_names_do_not_matter() -> None:
    settings = from_environment({"PATH": "/bin", "NEWSDESK_PORT": "", "NEWSDESK_THRESHOLD": " "})
    assert (settings.host, settings.port, settings.threshold) == ("127.0.0.1", 7860, None)
    assert settings.home == Path("~/.newsdesk").expanduser().resolve()


def test_what_is_set_counts() -> None:
    settings = from_environment({"NEWSDESK_HOME": "~/news", "NEWSDESK_PORT": "8080", "NEWSDESK_THRESHOLD": "0.25"})
    assert settings.home == Path("~/news").expanduser().resolve()
    assert (settings.port, settings.threshold) == (8080, 0.25)


def test_a_misspelt_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"Unknown setting NEWSDESK_PROT\. Did you mean NEWSDESK_PORT\?"):
        from_environment({"NEWSDESK_PROT": "1"})


@pytest.mark.parametrize(
    ("name", "value"), [("NEWSDESK_PORT", "many"), ("NEWSDESK_PORT", "70000"), ("NEWSDESK_THRESHOLD", "2")]
)
def test_a_value_that_does_not_fit_is_named(name: str, value: str) -> None:
    with pytest.raises(BadInput, match=f"{name}='{value}'"):
        from_environment({name: value})
