"""What may be wrong with a file of vectors, each with the sentence that says so."""

import numpy as np


def scaled(held):
    held["vector"][4] *= 2


def not_a_number(held):
    held["vector"][4] = np.nan


def outside(held):
    held["box"][4] = [0.5, 0.5, 1.5, 1]


def empty_box(held):
    held["box"][4] = [0.5, 0.5, 0.5, 1]


def unknown_position(held):
    held["position"][4] = "tail"


def strange_label(held):
    held["label"][4] = "a\0b"


def long_label(held):
    held["label"] = np.array(["x" * 51] * 9)


def not_hexadecimal(held):
    held["picture_sha256"][0] = "z" * 64


def twice(held):
    held["picture_sha256"][0] = held["picture_sha256"][1]


def short(held):
    held["score"] = held["score"][1:]


def narrow(held):
    held["vector"] = held["vector"][:, :100]


def shuffled(held):
    held["picture"] = held["picture"][::-1].copy()


def miscounted(held):
    held["ordinal"][1] = 7


def beyond(held):
    held["picture"][-1] = 9


def words(held):
    held["score"] = held["score"].astype(str)


def objects(held):
    held["label"] = held["label"].astype(object)


def other_format(held):
    held["format"] = np.array("vitrine vectors 9")


def lacking(held):
    del held["box"]


def other_models(held):
    held["embedder_sha256"] = np.array("a" * 64)


WRONG = {
    scaled: "a vector is not of length 1",
    not_a_number: "a vector is not of length 1",
    outside: "a box does not lie in its picture",
    empty_box: "a box does not lie in its picture",
    unknown_position: "none of the positions",
    strange_label: "a region has no label",
    long_label: "a region has no label",
    not_hexadecimal: "a sha256 in it is none",
    twice: "a sha256 in it is none, or stands there twice",
    short: "do not fit each other",
    narrow: "do not fit each other",
    shuffled: "do not belong to its pictures",
    miscounted: "do not belong to its pictures",
    beyond: "do not belong to its pictures",
    words: "score holds <U",
    objects: "no file of vectors, or damaged",
    other_format: "no file of vectors that this shop reads",
    lacking: "lacks box",
    other_models: "embedder of sha256 aaaaaaaaaaaa..., which are not both registered here",
}
