"""Phones: what a hand-held camera does to a scene: light of the hour, soft focus, shake, noise."""

from io import BytesIO
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from .relief import Light
from .scenes import Canvas, to_image

HOURS = {
    "noon": ((1.02, 1.0, 0.97), 1.15), "overcast": ((0.97, 0.99, 1.02), 0.75), "evening": ((1.06, 0.98, 0.88), 1.1),
    "shade": ((0.94, 0.97, 1.04), 0.8), "indoors": ((1.05, 1.0, 0.91), 0.9),
}  # fmt: skip


def light_of(draw: Random) -> Light:
    """Light from one side or the other, hard or soft, warm or cool."""
    colour, contrast = HOURS[draw.choice(sorted(HOURS))]
    return Light((draw.uniform(-0.7, 0.7), draw.uniform(-0.7, -0.3), 0.72), contrast, colour)


def photographed(canvas: Canvas, light: Light, draw: Random) -> Image.Image:
    """The picture such a phone would have kept."""
    columns = canvas.shape[1]
    colour = np.array(light.colour, np.float32)
    exposed = canvas * (0.5 + 0.5 * colour) * np.float32(draw.uniform(0.84, 1.1))
    seen = _side_light((exposed - 127) * np.float32(draw.uniform(0.9, 1.08)) + 127, draw)
    image = to_image(seen).filter(ImageFilter.GaussianBlur(draw.uniform(0.2, 1.1) * columns / 720))
    noise = (
        np.random.default_rng(draw.randrange(1 << 30))
        .normal(0, draw.uniform(1.5, 5.5), canvas.shape)
        .astype(np.float32)
    )
    return _squeezed(to_image(np.asarray(image, np.float32) + noise), draw.randrange(62, 90))


def _side_light(canvas: Canvas, draw: Random) -> Canvas:
    """A little brighter at one side, darker in the corners."""
    rows, columns = canvas.shape[:2]
    x, y = np.linspace(-1, 1, columns, dtype=np.float32)[None, :], np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    fall = 1 + x * draw.uniform(-0.1, 0.1) + y * draw.uniform(-0.07, 0.05) - (x * x + y * y) * draw.uniform(0.0, 0.08)
    return (canvas * fall[..., None]).astype(np.float32)


def _squeezed(image: Image.Image, quality: int) -> Image.Image:
    """Through JPEG once, as every phone photo has been."""
    kept = BytesIO()
    image.save(kept, "JPEG", quality=quality)
    return Image.open(kept).convert("RGB")
