from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitspec_gui.storage.peak_blobs import pack, unpack

finite = st.floats(allow_nan=False, allow_infinity=False)
single = st.floats(allow_nan=False, allow_infinity=False, width=32)
whole = st.integers(0, 70000).map(float)


@given(st.lists(st.one_of(whole, single, finite), max_size=50))
def test_every_value_comes_back_exactly(values):
    array = np.array(values, dtype=np.float64)
    np.testing.assert_array_equal(unpack(pack(array)), array)


@pytest.mark.parametrize(
    ("values", "bytes_per_peak"), [([1, 65535], 2), ([0.5, 2.0**100], 4), ([65536], 4), ([99.99], 8), ([1e300], 8)]
)
def test_values_take_the_smallest_type_that_holds_them(values, bytes_per_peak):
    assert len(pack(np.array(values, dtype=np.float64))) == 1 + bytes_per_peak * len(values)


@pytest.mark.parametrize("blob", [b"", b"x123", b"d1234567", b"H1"])
def test_bytes_that_are_no_peak_list_are_refused(blob):
    with pytest.raises(ValueError, match="not a peak list"):
        unpack(blob)
