"""How long each detector that can be trained here takes for a photo, and how that compares with YOLOv3-tiny.

    python bench/detector_speed.py [--runs 30] [--threads 0]

The networks are untrained: what they find does not change what they cost. Prints the median and the fastest run, in ms,
of the network alone on ONNX Runtime, and its ratio to YOLOv3-tiny in the same run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from visualsearch.ml import cfg, darknet, lite
from visualsearch.ml.export import export_onnx
from visualsearch.ml.liteyolo import LiteYOLO
from visualsearch.ml.train.detector_start import DARKNETS, LITES, Network
from visualsearch.ml.yolov3 import YOLOv3

CLASSES = 10
REFERENCE = "yolov3-tiny"
SIZE = 416  # px, of Darknet's own


def main() -> None:
    """Time one network after another, round by round, so that a slow moment of the machine meets all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--size", type=int, default=448, help="px for the Lites; the shipped detector's")
    parser.add_argument("--threads", type=int, default=0, help="0 takes every core")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sizes = {REFERENCE: SIZE, **dict.fromkeys(DARKNETS, SIZE), **dict.fromkeys(LITES, options.size)}
        sessions = {name: opened(name, size, Path(folder), options.threads) for name, size in sizes.items()}
    chance = np.random.default_rng(1)
    photos = {size: chance.random((1, 3, size, size), np.float32) for size in set(sizes.values())}
    times: dict[str, list[float]] = {name: [] for name in sessions}
    for run in range(options.runs + 3):
        for name, session in sessions.items():
            begin = time.perf_counter()
            session.run(None, {"pictures": photos[sizes[name]]})
            if run >= 3:  # the first ones warm up
                times[name].append(1000 * (time.perf_counter() - begin))
    print(f"ONNX Runtime {onnxruntime.__version__}, {options.runs} runs, ms a photo")
    print(f"{'':16}{'px':>5}{'median':>9}{'fastest':>9}{'to tiny':>9}")
    for name, spent in times.items():
        ratio = median(spent) / median(times[REFERENCE])
        print(f"{name:16}{sizes[name]:5}{median(spent):9.1f}{min(spent):9.1f}{ratio:9.2f}")


def opened(name: str, size: int, folder: Path, threads: int) -> onnxruntime.InferenceSession:
    """An untrained network of that name on ONNX Runtime."""
    network = built(name, size)
    path = export_onnx(network, torch.zeros(1, 3, size, size), folder / f"{name}.onnx", names(network), half=False)
    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, session, providers=["CPUExecutionProvider"])


def built(name: str, size: int) -> Network:
    """The network, with anchors of any size."""
    if name in LITES:
        return LiteYOLO(CLASSES, cfg.COCO, size, lite.LiteTrunk(LITES[name]))
    write, count = DARKNETS[name]
    return YOLOv3(darknet.parse(write(CLASSES, cfg.COCO if count == 9 else cfg.COCO_TINY, size)))


def names(network: Network) -> list[str]:
    """A name for the map of each scale."""
    return [f"stride {scale.stride}" for scale in network.scales]


if __name__ == "__main__":
    main()
