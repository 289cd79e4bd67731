"""Values as spectrum files write them."""

import pytest

from bitspec_gui.formats.fields import number_or_none


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("70 eV", 70.0),
        ("86.1096", 86.1096),
        ("86,1096", 86.1096),
        ("12,5", 12.5),
        ("1,234", 1.0),  # a decimal comma or thousands: not told, so read as before the comma
        ("1.5e3", 1500.0),
        ("n/a", None),
        (None, None),
        ("1e9999", None),
    ],
)
def test_a_number_is_read_with_its_unit_and_with_a_comma_that_can_only_be_decimal(text: str | None, number: float | None) -> None:
    assert number_or_none(text) == number
