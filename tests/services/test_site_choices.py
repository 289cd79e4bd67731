from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.site_choices import Site, choices, largest_choice


@st.composite
def sites_with_conflicts(draw):
    """Sites that share places at random; the first hydrogens of some nitrogens stand before the second ones."""
    sites = [
        Site(frozenset((place, 0) for place in draw(st.sets(st.integers(0, 6), min_size=1, max_size=2))))
        for _ in range(draw(st.integers(0, 6)))
    ]
    for atom in range(draw(st.integers(0, 2))):
        sites += [Site(frozenset({(100 + atom, hydrogen)}), stack=atom) for hydrogen in (1, 2)]
    return sites


def allowed(sites, chosen):
    places = [place for one in chosen for place in sites[one].places]
    in_order = all(
        earlier in chosen
        for one in chosen
        for earlier in range(one)
        if sites[one].stack is not None and sites[earlier].stack == sites[one].stack
    )
    return len(places) == len(set(places)) and in_order


@settings(max_examples=120, deadline=None)
@given(sites_with_conflicts(), st.integers(0, 10))
def test_choices_are_all_those_that_share_no_place_and_take_hydrogens_in_order(sites, count):
    wanted = [each for each in combinations(range(len(sites)), count) if allowed(sites, each)]
    assert list(choices(sites, count)) == wanted


@settings(max_examples=120, deadline=None)
@given(sites_with_conflicts())
def test_largest_choice_is_the_largest_number_that_can_be_chosen(sites):
    wanted = max(n for n in range(len(sites) + 1) if any(allowed(sites, each) for each in combinations(range(len(sites)), n)))
    assert largest_choice(sites) == wanted


def test_first_choices_of_very_many_come_at_once():
    sites = [Site(frozenset({(place, 1)})) for place in range(40)]
    first = choices(sites, 20)
    assert [next(first)[-1] for _ in range(3)] == [19, 20, 21]
