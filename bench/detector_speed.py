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


def main() -> None:
    """Time one network after another, round by round, so that a slow moment of the machine meets all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--threads", type=int, default=0, help="0 takes every core")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sessions = {name: opened(name, Path(folder), options.threads) for name in (REFERENCE, *DARKNETS, *LITES)}
    photo = np.random.default_rng(1).random((1, 3, 416, 416), np.float32)
    times: dict[str, list[float]] = {name: [] for name in sessions}
    for run in range(options.runs + 3):
        for name, session in sessions.items():
            begin = time.perf_counter()
            session.run(None, {"pictures": photo})
            if run >= 3:  # the first ones warm up
                times[name].append(1000 * (time.perf_counter() - begin))
    print(f"416 px, ONNX Runtime {onnxruntime.__version__}, {options.runs} runs, ms a photo")
    print(f"{'':16}{'median':>9}{'fastest':>9}{'to tiny':>9}")
    for name, spent in times.items():
        print(f"{name:16}{median(spent):9.1f}{min(spent):9.1f}{median(spent) / median(times[REFERENCE]):9.2f}")


def opened(name: str, folder: Path, threads: int) -> onnxruntime.InferenceSession:
    """An untrained network of that name on ONNX Runtime."""
    network = built(name)
    path = export_onnx(network, torch.zeros(1, 3, 416, 416), folder / f"{name}.onnx", names(network), half=False)
    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, session, providers=["CPUExecutionProvider"])


def built(name: str) -> Network:
    """The network, with anchors of any size."""
    if name in LITES:
        return LiteYOLO(CLASSES, cfg.COCO, 416, lite.LiteTrunk(LITES[name]))
    write, count = DARKNETS[name]
    return YOLOv3(darknet.parse(write(CLASSES, cfg.COCO if count == 9 else cfg.COCO_TINY, 416)))


def names(network: Network) -> list[str]:
    """A name for the map of each scale."""
    return [f"stride {scale.stride}" for scale in network.scales]


if __name__ == "__main__":
    main()
