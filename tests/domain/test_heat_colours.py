"""Colours of heat maps: even steps, legible ink, and the same order for every kind of colour vision."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bitspec_gui.domain.heat_colours import LEAST_CONTRAST, heat_colour, heat_colours, oklab

MACHADO = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""What linear RGB becomes without one kind of cone: Machado, Oliveira and Fernandes, 10.1109/TVCG.2009.113, severity 1."""

JUST_SEEN = 0.02
"""A difference in OKLab that is seen with ease."""

both_papers = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
each_side = pytest.mark.parametrize("sign", [1, -1], ids=["positive", "negative"])


def linear(colour):
    parts = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return float(linear(colour) @ (0.2126, 0.7152, 0.0722))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def as_seen_with(colour, matrix):
    seen = np.clip(np.array(matrix) @ linear(colour), 0, 1)
    parts = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def difference(one, other):
    return float(np.linalg.norm(np.subtract(oklab(one), oklab(other))))


@both_papers
def test_no_score_is_paper_and_the_ends_are_vermilion_and_blue(dark):
    colours = heat_colours(dark)
    assert heat_colour(0.0, dark=dark) == colours.paper
    assert (heat_colour(1.0, dark=dark), heat_colour(-1.0, dark=dark)) == (colours.positive, colours.negative)
    red, blue = oklab(colours.positive), oklab(colours.negative)
    assert red[1] > 0.1
    assert red[2] > 0.05
    assert blue[2] < -0.1


@both_papers
@each_side
def test_equal_steps_in_score_look_equally_large(dark, sign):
    scale = [heat_colour(sign * step / 10, dark=dark) for step in range(11)]
    steps = np.array([difference(one, other) for one, other in itertools.pairwise(scale)])
    assert steps.min() > JUST_SEEN
    assert np.ptp(steps) < 0.15 * steps.mean()


@both_papers
def test_positive_and_negative_scores_of_the_same_size_are_equally_far_from_paper(dark):
    paper = heat_colour(0.0, dark=dark)
    far = [difference(heat_colour(score, dark=dark), paper) for score in (1.0, -1.0)]
    assert far[0] == pytest.approx(far[1], rel=0.1)


@both_papers
@each_side
def test_a_higher_score_is_further_from_paper_in_lightness_for_every_eye(dark, sign):
    scale = [heat_colour(sign * step / 40, dark=dark) for step in range(41)]
    for seen in (scale, *([as_seen_with(colour, matrix) for colour in scale] for matrix in MACHADO.values())):
        light = np.array([oklab(colour)[0] for colour in seen])
        steps = np.diff(light) * (1 if dark else -1)
        assert (steps > -0.002).all()
        assert abs(light[-1] - light[0]) > 0.15


@both_papers
@pytest.mark.parametrize("vision", MACHADO)
def test_colour_blind_people_tell_support_from_opposition_and_steps_from_each_other(dark, vision):
    def seen(score):
        return as_seen_with(heat_colour(score, dark=dark), MACHADO[vision])

    for size in (0.4, 0.7, 1.0):
        assert difference(seen(size), seen(-size)) > 3 * JUST_SEEN
    for sign in (1, -1):
        scale = [seen(sign * step / 5) for step in range(6)]
        assert min(difference(one, other) for one, other in itertools.pairwise(scale)) > JUST_SEEN


@both_papers
def test_ink_stays_legible_on_every_colour(dark):
    ink = heat_colours(dark).ink
    worst = min(contrast(ink, heat_colour(step / 100, dark=dark)) for step in range(-100, 101))
    assert worst >= LEAST_CONTRAST


@both_papers
def test_what_a_fragment_lost_and_kept_can_be_told_apart_on_paper(dark):
    colours = heat_colours(dark)
    assert 2.0 < contrast(colours.lost, colours.paper) < 0.5 * contrast(colours.ink, colours.paper)
    assert contrast(colours.kept, colours.paper) >= LEAST_CONTRAST


def test_scores_beyond_the_scale_have_the_colour_of_its_end():
    assert heat_colour(7.5) == heat_colour(1.0)
    assert heat_colour(-np.inf) == heat_colour(-1.0)


def test_a_score_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        heat_colour(float("nan"))


def test_oklab_gives_the_published_values_of_its_author():
    assert oklab("#ffffff") == pytest.approx((1.0, 0.0, 0.0), abs=1e-4)
    # Pure red, green and blue, by Ottosson's own conversion.
    assert oklab("#ff0000") == pytest.approx((0.62796, 0.22486, 0.12585), abs=1e-4)
    assert oklab("#0000ff") == pytest.approx((0.45201, -0.03246, -0.31153), abs=1e-4)
