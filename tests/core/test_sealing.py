"""The master keys as they are written in the settings."""

import base64

import pytest

from core.errors import ConfigurationError
from core.sealing import Vault, parse_master_keys

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


def test_the_first_key_wraps_whatever_its_number() -> None:
    assert Vault(parse_master_keys(OLD)).current == 1
    assert Vault(parse_master_keys(f"1:{OLD},2:{NEW}")).current == 1
    assert Vault(parse_master_keys(f"2:{NEW}, 1:{OLD}")).current == 2


@pytest.mark.parametrize("text", [f"1:{OLD},1:{NEW}", f"0:{OLD}", f"70000:{OLD}", f"x:{OLD}", "1:"])
def test_what_is_no_list_of_keys_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ConfigurationError, match="RELAIS_MASTER_KEY") as refused:
        parse_master_keys(text)
    assert OLD not in str(refused.value)
