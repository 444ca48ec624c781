"""Learning in bfloat16: the same network and nearly the same gradients, while depthwise kernels stay as they came."""

import pytest
import torch

from visualsearch.ml import augment, dml, lite
from visualsearch.ml.export import folded
from visualsearch.ml.train import precision
from visualsearch.ml.train.detector import Recipe


@pytest.fixture
def net() -> dml.EmbeddingNet:
    torch.manual_seed(5)
    return folded(dml.EmbeddingNet(lite.LiteTrunk("lite0"), dimension=16))


def features(net: dml.EmbeddingNet, half: bool) -> torch.Tensor:
    pictures = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with precision.mixed(half):
        return net.features(pictures).float()


def test_half_as_exact_gives_nearly_the_same(net: dml.EmbeddingNet):
    exact, half = features(net, half=False), features(net, half=True)
    assert torch.nn.functional.cosine_similarity(exact, half).min() > 0.99
    assert not torch.equal(exact, half)


def test_gradients_come_through_strided_depthwise_layers(net: dml.EmbeddingNet):
    precision.keep_depthwise(net)
    first = net.trunk.stages[1][0].layers[0]  # before the first depthwise convolution of stride 2
    ways = []
    for half in (False, True):
        net.zero_grad()
        features(net, half)[:, :3].sum().backward()
        ways.append(first.weight.grad.flatten().clone())
    assert torch.nn.functional.cosine_similarity(*ways, dim=0) > 0.9


def test_only_depthwise_convolutions_are_kept(net: dml.EmbeddingNet):
    precision.keep_depthwise(net)
    for module in net.modules():
        if isinstance(module, torch.nn.Conv2d):
            assert module.weight.requires_grad == module.bias.requires_grad == (module.groups == 1)


def test_a_detector_is_shown_sizes_around_the_one_that_it_will_be_served():
    assert Recipe(size=416).shown() == (320, 352, 384, 416, 448, 480)
    assert Recipe(size=64, sizes=(64,)).shown() == (64,)


def test_a_picture_is_changed_only_as_it_is_allowed():
    import numpy as np
    from PIL import Image

    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 48, 3)).astype(np.uint8))
    draw = np.random.default_rng(3)
    either = [np.asarray(picture), np.asarray(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))]
    for _ in range(8):
        seen = np.asarray(augment.as_shopper(picture, 48, draw, picture, changes=()))
        assert any(np.array_equal(seen, one) for one in either)
    lit = np.asarray(augment.as_shopper(picture, 48, draw, picture, changes=("light",)))
    assert not any(np.array_equal(lit, one) for one in either)
