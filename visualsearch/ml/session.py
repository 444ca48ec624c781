"""The networks at work on ONNX Runtime: pictures in, detections and embeddings out. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from visualsearch.ml import boxes, transforms

if TYPE_CHECKING:
    import onnxruntime
    from numpy.typing import NDArray
    from PIL import Image

    from visualsearch.ml.types import Detection
    from visualsearch.ml.weights import Weights


class DetectsGarments(Protocol):
    """What the pipeline asks of a detector."""

    def detect(self, picture: Image.Image, threshold: float | None = None) -> list[Detection]: ...


class EmbedsPictures(Protocol):
    """What the pipeline asks of an embedder."""

    def embed(self, pictures: Sequence[Image.Image]) -> NDArray[np.float32]: ...


def open_session(
    weights: Weights, providers: Sequence[str] = ("CPUExecutionProvider",), threads: int = 0
) -> onnxruntime.InferenceSession:
    """Load a verified network; `threads` 0 lets ONNX Runtime use every core. Raises `WeightsError`."""
    import onnxruntime  # here, so that importing this module stays cheap for those who only need the protocols

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # A spinning pool would keep a core busy between photos, which the web process beside it needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(weights.verify(), options, providers=list(providers))


class Detector:
    """YOLOv3 (arXiv 1804.02767) on one picture at a time. Create one a process: it holds the network."""

    def __init__(self, weights: Weights, providers: Sequence[str] = ("CPUExecutionProvider",), threads: int = 0):
        self.weights = weights
        self.session = open_session(weights, providers, threads)

    def detect(self, picture: Image.Image, threshold: float | None = None) -> list[Detection]:
        """The garments in an upright RGB picture, surest first; the registry's threshold unless another is given."""
        weights = self.weights
        square, letterbox = transforms.letterboxed(picture, weights.input_size, weights.pad)
        batch = transforms.as_array(square, weights.mean, weights.std)[None]  # (1, 3, S, S)
        maps = self.session.run(None, {"pictures": batch})  # a scale each: (1, A * (5 + C), S / stride, S / stride)
        least = weights.threshold if threshold is None else threshold
        return boxes.detections([m[0] for m in maps], weights, letterbox, least)


class Embedder:
    """The deep-metric-learning model (arXiv 1811.12649): pictures to unit vectors. Create one a process."""

    def __init__(self, weights: Weights, providers: Sequence[str] = ("CPUExecutionProvider",), threads: int = 0):
        self.weights = weights
        self.session = open_session(weights, providers, threads)

    def embed(self, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Unit vectors (N, D), a row a picture, of upright RGB pictures or crops of any size."""
        weights = self.weights
        squares = (transforms.letterboxed(picture, weights.input_size, weights.pad)[0] for picture in pictures)
        batch = np.stack([transforms.as_array(square, weights.mean, weights.std) for square in squares])
        return self.session.run(["embeddings"], {"pictures": batch})[0]
