"""A training's log as a picture: one curve for each figure over the minutes."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

APART = ("epoch", "step", "minutes")  # where a record stands, not what it says


def draw(folder: Path) -> Path:
    """Draw `folder/log.jsonl` as `folder/curves.png` and return its path; losses on the left, measurements right."""
    from matplotlib.figure import Figure  # without pyplot: no window, and nothing to close

    records = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    names = [name for name in dict.fromkeys(key for record in records for key in record) if name not in APART]
    measured = [name for name in names if name.startswith(("mAP", "R@"))]
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    plots = figure.subplots(1, 2 if measured else 1, squeeze=False)[0]
    _plot(plots[0], records, [name for name in names if name not in measured], "loss")
    if measured:
        _plot(plots[1], records, measured, "measured on what is held out")
    figure.savefig(folder / "curves.png", dpi=110)
    return folder / "curves.png"


def _plot(axes: Any, records: list[dict[str, float]], names: list[str], title: str) -> None:
    for name in names:
        points = [(r["minutes"], r[name]) for r in records if name in r and math.isfinite(r[name])]
        if points:
            axes.plot(*zip(*points, strict=True), marker="." if len(points) < 40 else None, label=name)
    axes.set(title=title, xlabel="minutes")
    axes.grid(alpha=0.3)
    if axes.lines:
        axes.legend()
