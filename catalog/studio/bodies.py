"""Bodies: a dress-maker's figure for the studio, and people for the street."""

from dataclasses import dataclass

import numpy as np

from .figures import ANKLE, CROTCH, NECK, SHOULDER, UNDERARM, WAIST, Build, Pose, arm, leg
from .making import mirrored
from .palette import darker, lighter, mixed
from .panels import Mark, Panel, Points
from .shapes import both, box, chain, curve, disc, flip, line, loop, normals


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody looks; `hair` None makes a faceless figure of linen."""

    build: Build
    pose: Pose
    skin: str = "#e6dfd3"
    hair: str | None = None
    style: str = "short"


SKINS = ("#f0cdb4", "#e3b695", "#cf9a72", "#b57d55", "#8f5d3d", "#6b432c", "#4d3022")
HAIRS = ("#1d1714", "#3a261b", "#5e3d26", "#8a5c33", "#b98a4e", "#7a2f1e", "#8e8a86")
STYLES = ("short", "bob", "long", "bun", "curls", "crop")


def _skin(
    person: Person,
    outline: Points,
    puff: float = 60,
    loft: float = 0.8,
    marks: tuple[Mark, ...] = (),
    shadow: float = 0.3,
) -> Panel:
    return Panel(outline, paint=person.skin, puff=puff, loft=loft, marks=marks, shadow=shadow, weave=0.15, gloss=0.03)


def trunk(person: Person) -> tuple[Panel, ...]:
    """Neck, torso and legs with their feet."""
    b = person.build
    half = chain(
        curve(
            (0, 205),
            (b.neck - 4, 215),
            (b.neck, NECK - 22),
            (b.neck + 30, NECK + 4),
            (b.shoulder - 26, SHOULDER - 8),
            (b.shoulder - 6, SHOULDER + 30),
        ),
        curve(
            (b.shoulder - 8, SHOULDER + 50),
            (b.chest, UNDERARM),
            (b.waist, WAIST),
            (b.hip, 800),
            (b.hip - 6, CROTCH - 10),
        ),
        line((b.hip - 6, CROTCH - 10), (0, CROTCH + 6)),
    )
    clavicle = Mark(curve((14, NECK + 40), (60, NECK + 30), (110, NECK + 34)), stroke="#000000", width=5, opacity=0.06)
    marks = (clavicle, Mark(flip(clavicle.line), stroke="#000000", width=5, opacity=0.06))
    legs = (_leg(person, person.pose), mirrored(_leg(person, person.pose.other())))
    return (*legs, _skin(person, both(half), puff=95, loft=0.6, marks=marks))


def _leg(person: Person, pose: Pose) -> Panel:
    b = person.build
    spine = leg(b, pose)
    t = np.linspace(0, 1, len(spine))
    widths = np.interp(t, [0, 0.15, 0.45, 0.52, 0.66, 0.9, 1], [b.thigh, b.thigh * 0.95, 56, 51, 55, 34, 33])[:, None]
    n = normals(spine)
    x = spine[-1, 0]
    foot = curve(
        (x + 33, ANKLE),
        (x + 36, ANKLE + 40),
        (x + 46, ANKLE + 78),
        (x + 20, ANKLE + 96),
        (x - 20, ANKLE + 92),
        (x - 30, ANKLE + 50),
        (x - 33, ANKLE),
    )
    return _skin(person, chain(spine + n * widths, foot, (spine - n * widths)[::-1]), puff=58)


def arms(person: Person) -> tuple[Panel, ...]:
    """Both arms with their hands."""
    return (*_arm(person, person.pose), *(mirrored(p) for p in _arm(person, person.pose.other())))


def _arm(person: Person, pose: Pose) -> tuple[Panel, ...]:
    b = person.build
    spine = arm(b, pose)
    t = np.linspace(0, 1, len(spine))
    widths = np.interp(
        t, [0, 0.12, 0.42, 0.55, 0.68, 1], [b.arm, b.arm + 3, b.arm - 4, b.arm - 8, b.arm - 7, b.arm - 17]
    )[:, None]
    n = normals(spine)
    d = spine[-1] - spine[-4]
    angle = float(np.arctan2(-d[0], d[1]))
    shape = loop(
        (-20, -12),
        (20, -12),
        (25, 30),
        (23, 62),
        (14, 100),
        (0, 112),
        (-13, 98),
        (-19, 62),
        (-36, 58),
        (-42, 34),
        (-25, 16),
    )
    c, s = np.cos(angle), np.sin(angle)
    hand = shape @ np.array([[c, s], [-s, c]]) + spine[-1]
    top = curve(
        (b.shoulder - 74, SHOULDER + 96),
        (b.shoulder - 78, SHOULDER + 20),
        (b.shoulder - 44, SHOULDER - 7),
        (b.shoulder - 6, SHOULDER + 16),
        tuple((spine + n * widths)[5]),
    )
    gaps = (
        Mark(
            line((0, 60), (1, 104)) @ np.array([[c, s], [-s, c]]) + spine[-1], stroke="#000000", width=2, opacity=0.14
        ),
    )
    return (
        _skin(person, hand, puff=26, marks=gaps),
        _skin(person, chain(top, (spine + n * widths)[5:], (spine - n * widths)[:6:-1]), puff=44, loft=0.65),
    )


def head(person: Person) -> tuple[Panel, ...]:
    """Face and, for people, ears, features and hair."""
    face = both(curve((0, 4), (52, 14), (80, 66), (76, 128), (58, 186), (28, 220), (0, 226), steps=9))
    if person.hair is None:
        return (_skin(person, face, puff=80, loft=0.9),)
    ear = _skin(person, loop((74, 104), (90, 100), (90, 132), (76, 152)), puff=10)
    return (ear, mirrored(ear), _skin(person, face, puff=74, loft=0.75, marks=_features(person)), *_hair(person))


def _features(person: Person) -> tuple[Mark, ...]:
    dark, lip = darker(person.skin, 0.72), mixed(person.skin, "#9c3b3b", 0.45)
    white = mixed(person.skin, "#f6f1ea", 0.7)
    brow, eye = curve((18, 92), (36, 85), (54, 92)), curve((20, 114), (35, 107), (50, 114), (35, 118), (20, 114))
    return (
        Mark(brow, stroke=person.hair, width=5, opacity=0.85),
        Mark(flip(brow), stroke=person.hair, width=5, opacity=0.85),
        Mark(eye, fill=white),
        Mark(flip(eye), fill=white),
        *(Mark(disc(s * 35, 112, 6), fill="#2a1c14") for s in (-1, 1)),
        *(Mark(curve((s * 19, 113), (s * 35, 105), (s * 51, 112)), stroke=dark, width=3.2) for s in (-1, 1)),
        Mark(curve((5, 110), (8, 140), (15, 152), (0, 158), (-11, 153)), stroke=dark, width=2.6, opacity=0.4),
        Mark(curve((-23, 183), (-8, 178), (0, 181), (8, 178), (23, 183), (0, 197), (-23, 183)), fill=lip),
        Mark(curve((-23, 183), (0, 187), (23, 183)), stroke=dark, width=2, opacity=0.5),
    )


def _hair(person: Person) -> tuple[Panel, ...]:
    """What lies on the front of the head."""
    strands = tuple(
        Mark(
            curve((x * 0.3, -6), (x, 28), (x * 1.3, 70)), stroke=lighter(person.hair or "", 0.25), width=2, opacity=0.25
        )
        for x in range(-60, 61, 15)
    )
    low = {"short": 92, "crop": 64, "bob": 150, "long": 150, "bun": 84, "curls": 110}[person.style]
    top = {"curls": -34, "crop": -4}.get(person.style, -16)
    wide = {"curls": 108, "crop": 83}.get(person.style, 92)
    fringe = curve((72, low), (68, 72), (30, 40), (-18, 46), (-62, 66), (-72, low))
    cap = chain(
        curve((-wide + 4, low), (-wide, 48), (-54, top + 12), (0, top), (54, top + 12), (wide, 48), (wide - 4, low)),
        fringe,
    )
    return (Panel(cap, paint=person.hair or "", puff=40, marks=strands, weave=0.3, gloss=0.06, shadow=0.35),)


def hair_behind(person: Person) -> tuple[Panel, ...]:
    """What hangs behind the neck."""
    if person.hair is None or person.style in ("short", "crop"):
        return ()
    if person.style == "bun":
        return (Panel(disc(0, -26, 44, 38), paint=person.hair, puff=34, weave=0.3),)
    low = {"bob": 240, "long": 430, "curls": 250}[person.style]
    wide = {"bob": 100, "long": 112, "curls": 138}[person.style]
    mass = loop(
        (0, -14),
        (wide * 0.8, 30),
        (wide, 130),
        (wide * 0.96, low - 40),
        (wide * 0.5, low),
        (-wide * 0.5, low),
        (-wide * 0.96, low - 40),
        (-wide, 130),
        (-wide * 0.8, 30),
    )
    return (Panel(mass, paint=darker(person.hair, 0.2), puff=50, weave=0.3),)


def stand(build: Build) -> tuple[Panel, ...]:
    """The rod and plate a studio figure stands on."""
    rod = Panel(box(-9, CROTCH - 20, 9, 1730), paint="#8b8377", puff=8, weave=0.0, gloss=0.3)
    plate = Panel(disc(0, 1735, 170, 26, n=40), paint="#6f685e", puff=14, weave=0.0, gloss=0.2)
    return (plate, rod)
