"""Colours of heat maps on structures, light and dark: the same on the screen, in pictures and in reports.

The scale runs on a straight line through OKLab from paper to vermilion for positive scores and to blue for negative ones, so
that equal steps in score look equally large, a higher score is always further from paper in lightness too, and people with any
kind of colour blindness tell the two apart. Vermilion and blue go no further than ink stays legible on them.

OKLab: B. Ottosson, A perceptual color space for image processing (2020), https://bottosson.github.io/posts/oklab/
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

Triple = tuple[float, float, float]

LEAST_CONTRAST = 4.5
"""Contrast of ink on any colour of the scale, as WCAG 2.2 (1.4.3, AA) wants it for text."""


@dataclass(frozen=True)
class HeatColours:
    """Colours of a heat map on one kind of paper, as ``#rrggbb``.

    ``positive`` and ``negative`` are those of the scores 1 and -1; ``ink`` is the structure, ``lost`` the ink of what a fragment
    has lost, ``kept`` the line around what it has kept.
    """

    paper: str
    ink: str
    lost: str
    kept: str
    positive: str
    negative: str


LIGHT_HEAT = HeatColours(
    paper="#ffffff", ink="#1a1c21", lost="#a3a9b3", kept="#2458c6", positive="#e65808", negative="#3a85ee"
)  # fmt: skip
DARK_HEAT = HeatColours(
    paper="#1f252d", ink="#dbdee3", lost="#66707d", kept="#7fb0ff", positive="#a63e06", negative="#0f5cc0"
)  # fmt: skip


def heat_colours(dark: bool) -> HeatColours:
    """Colours on dark or on light paper."""
    return DARK_HEAT if dark else LIGHT_HEAT


def heat_colour(score: float, *, dark: bool = False) -> str:
    """Colour of a score as ``#rrggbb``: paper for 0, vermilion towards 1, blue towards -1; scores beyond count as these.

    Raises
    ------
    ValueError
        If the score is not a number.
    """
    if math.isnan(score):
        raise ValueError("a score that is not a number has no colour")
    # 255 shades a side: more than can be told apart, few enough to be kept.
    return _shade(round(255 * max(-1.0, min(1.0, score))), dark)


@lru_cache(maxsize=1024)
def _shade(step: int, dark: bool) -> str:
    colours = heat_colours(dark)
    share = abs(step) / 255
    paper, end = oklab(colours.paper), oklab(colours.positive if step > 0 else colours.negative)
    lightness, a, b = ((1 - share) * first + share * last for first, last in zip(paper, end, strict=True))
    return _colour_of((lightness, a, b))


def oklab(colour: str) -> Triple:
    """Lightness (0 to 1), a (green to red) and b (blue to yellow) of a ``#rrggbb`` colour in OKLab."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _colour_of(lab: Triple) -> str:
    """The nearest ``#rrggbb`` colour to a colour in OKLab."""
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, part)))):02x}" for part in linear)


def _linear(colour: str) -> Triple:
    """Red, green and blue of a ``#rrggbb`` colour as light, 0 to 1 (sRGB, IEC 61966-2-1)."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return _light(red), _light(green), _light(blue)


def _light(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
