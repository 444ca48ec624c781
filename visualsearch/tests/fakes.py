"""Networks that cost nothing: a detector told what to find, an embedder that knows colours. A test holds them to the
real classes' signatures.
"""

from __future__ import annotations

import os
import time

import numpy as np

from visualsearch.ml.types import Box, Detection
from visualsearch.ml.weights import Weights

SHIRT = Detection("shirt", "upper", 0.9, Box(0.25, 0.125, 0.75, 0.5))
TROUSERS = Detection("pants", "lower", 0.8, Box(0.25, 0.5, 0.75, 1.0))


class FakeDetector:
    """Finds `found` in every picture."""

    found = [SHIRT, TROUSERS]

    def __init__(self, weights, providers=("CPUExecutionProvider",), threads=0):
        self.weights = weights

    def detect(self, picture, threshold=None):
        time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
        return [item for item in self.found if item.score >= (0.3 if threshold is None else threshold)]


class FakeEmbedder:
    """The mean colour of a picture as the first numbers of a unit vector: near colours, near vectors."""

    def __init__(self, weights, providers=("CPUExecutionProvider",), threads=0):
        self.weights = weights

    def embed(self, pictures):
        colours = [np.asarray(picture.resize((4, 4)), np.float32).mean((0, 1)) for picture in pictures]
        vectors = np.zeros((len(colours), 512), np.float32)
        vectors[:, :3] = np.array(colours) / 255 + 0.01
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def entry(name, task, sha256):
    """An entry of the registry without a file."""
    return Weights(name, task, f"{name}.onnx", sha256 * 64, 8, 0.0, 255.0, "none", "none", dimension=512)


def registry(detector="d", embedder="e"):
    """A registry of one pair, by the letters of their hashes."""
    return {
        "fake-detector": entry("fake-detector", "detector", detector),
        "fake-embedder": entry("fake-embedder", "embedder", embedder),
    }


def pair(letter):
    """Two entries, named and hashed by a letter, the embedder by its capital: what `versions.offer` takes."""
    letters = {"detector": letter, "embedder": letter.upper()}
    return {task: entry(f"{letter}-{task}", task, sha256) for task, sha256 in letters.items()}


NAMES = {"DETECTOR": "fake-detector", "EMBEDDER": "fake-embedder"}
