"""The wearer: a build, a pose, and where the joints come to lie."""

from dataclasses import dataclass, replace

import numpy as np

from .panels import Points, Warp
from .shapes import curve

UPPER_ARM, FOREARM = 288.0, 258.0
CROWN, CHIN, NECK, SHOULDER, UNDERARM, WAIST, HIP, CROTCH, KNEE, ANKLE = (
    0.0, 222.0, 288.0, 324.0, 462.0, 640.0, 815.0, 885.0, 1215.0, 1600.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Build:
    """Half widths of a body, in units."""

    shoulder: float = 186.0
    chest: float = 158.0
    waist: float = 130.0
    hip: float = 172.0
    arm: float = 40.0
    thigh: float = 84.0
    neck: float = 47.0


WOMAN = Build()
MAN = Build(shoulder=207.0, chest=176.0, waist=152.0, hip=168.0, arm=47.0, thigh=86.0, neck=57.0)


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles from straight down, outward positive (radians), for right then left as the page shows them.

    `sway` shifts the hips sideways (units); `turn` looks past the middle of the body (radians).
    """

    arms: tuple[float, float] = (0.22, 0.22)
    elbows: tuple[float, float] = (-0.02, -0.02)
    legs: tuple[float, float] = (0.05, 0.05)
    sway: float = 0.0
    turn: float = 0.0

    def other(self) -> "Pose":
        """The same pose with left and right exchanged: what the left half sees as its right."""
        return replace(self, arms=self.arms[::-1], elbows=self.elbows[::-1], legs=self.legs[::-1])

    def warp(self) -> Warp:
        """Sway and turn as a bending of points."""
        return lambda points: _bent(points, self.sway, self.turn)


def _bent(points: Points, sway: float, turn: float) -> Points:
    if not sway and not turn:
        return points
    x, y = points[:, 0], points[:, 1]
    across = np.clip(1 - (x / 210) ** 2, -0.4, 1)
    moved = x * (0.55 + 0.45 * np.cos(turn * 1.6)) + across * 70 * np.sin(turn)
    hips = np.exp(-(((y - 800) / 420) ** 2)) - 0.55 * np.exp(-(((y - 120) / 260) ** 2))
    return np.stack([moved + sway * hips, y], 1)


def arm(build: Build, pose: Pose) -> Points:
    """The right arm's middle line from shoulder joint to wrist."""
    a, b = pose.arms[0], pose.arms[0] + pose.elbows[0]
    start = (build.shoulder - 26, SHOULDER + 34)
    elbow = (start[0] + UPPER_ARM * np.sin(a), start[1] + UPPER_ARM * np.cos(a))
    wrist = (elbow[0] + FOREARM * np.sin(b), elbow[1] + FOREARM * np.cos(b))
    bend = 0.12 * (np.array(elbow) * 2 - start - wrist)  # round the elbow a little
    knee = np.array(elbow) - bend
    return curve(start, (float(knee[0]), float(knee[1])), wrist, steps=16)


def leg(build: Build, pose: Pose) -> Points:
    """The right leg's middle line from hip to ankle."""
    hip = (build.hip * 0.5, HIP)
    reach = ANKLE - HIP
    angle = pose.legs[0]
    knee = (hip[0] + reach * 0.51 * np.sin(angle) * 0.9, HIP + reach * 0.51 * np.cos(angle))
    return curve(hip, knee, (hip[0] + reach * np.sin(angle), HIP + reach * np.cos(angle)), steps=16)
