"""What a photo is about: the largest, most central, most certain of the things in it."""

from visualsearch.ml.types import Box, Detection
from visualsearch.prominence import main_of, prominence


def thing(label, score, *box):
    return Detection(label, "upper", score, Box(*box))


MIDDLE = thing("middle", 0.8, 0.3, 0.3, 0.7, 0.7)


def test_a_larger_thing_is_more_prominent_than_a_surer_one_that_is_small():
    bag = thing("bag", 0.95, 0.45, 0.45, 0.55, 0.55)
    assert main_of([bag, MIDDLE]) is MIDDLE


def test_of_two_as_large_and_as_certain_the_more_central_one_is():
    corner = thing("corner", 0.8, 0.0, 0.0, 0.4, 0.4)
    assert main_of([corner, MIDDLE]) is MIDDLE


def test_of_two_as_large_and_as_central_the_more_certain_one_is():
    doubtful = thing("doubtful", 0.4, 0.3, 0.3, 0.7, 0.7)
    assert main_of([doubtful, MIDDLE]) is MIDDLE


def test_a_large_coat_at_the_side_still_goes_before_a_hat_in_the_middle():
    coat, hat = thing("coat", 0.7, 0.0, 0.1, 0.5, 0.9), thing("hat", 0.9, 0.45, 0.45, 0.6, 0.55)
    assert main_of([hat, coat]) is coat


def test_of_equals_the_first_is():
    again = thing("again", 0.8, 0.3, 0.3, 0.7, 0.7)
    assert main_of([again, MIDDLE]) is again


def test_of_nothing_there_is_none():
    assert main_of([]) is None


def test_it_is_between_nothing_and_one():
    assert prominence(thing("all", 1.0, 0.0, 0.0, 1.0, 1.0)) == 1
    assert 0 < prominence(thing("speck", 0.1, 0.0, 0.0, 0.01, 0.01)) < 0.01
