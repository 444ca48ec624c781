"""The embedder's network and its loss: what the head promises, where it starts, what is exported."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from visualsearch.ml import dml, lite
from visualsearch.ml.session import Embedder
from visualsearch.ml.train.ahead import normalised
from visualsearch.ml.train.embedder import release
from visualsearch.ml.train.embedder_batches import stacked


def small(features: int = 24, dimension: int = 8) -> dml.EmbeddingNet:
    """A trunk of one block behind the real head."""
    torch.manual_seed(1)
    trunk = nn.Sequential(*lite._conv(3, 8, 3, 2), lite.Block(8, 8, 3, 1, 2), *lite._conv(8, features, 1))
    return dml.EmbeddingNet(trunk, features, dimension).eval()


def test_embeddings_have_length_one():
    vectors = small()(torch.randn(5, 3, 32, 32))
    assert vectors.shape == (5, 8)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(5))


def test_the_projection_starts_at_the_principal_axes():
    torch.manual_seed(2)
    features = torch.randn(400, 24) * torch.linspace(4, 0.1, 24) + 3
    net = small()
    dml.start_projection(net, features)
    projected = net.projection(features)
    spread = projected.T @ projected / len(features)
    torch.testing.assert_close(projected.mean(0), torch.zeros(8), atol=1e-4, rtol=0)
    assert (spread - spread.diag().diag()).abs().max() < 1e-4 * spread.max()  # the axes know nothing of each other
    kept = (features - features.mean(0)).T @ (features - features.mean(0)) / len(features)
    ratio = torch.linalg.eigvalsh(kept).flip(0)[:8]
    torch.testing.assert_close(spread.diag() / spread[0, 0], (ratio / ratio[0]).sqrt(), atol=1e-3, rtol=1e-3)  # half
    with pytest.raises(ValueError, match="8 axes need"):
        dml.start_projection(net, features[:5])


def test_the_loss_is_the_papers():
    loss = dml.NormSoftmax(2, 2, temperature=0.5)
    loss.proxies.data = torch.tensor([[2.0, 0.0], [0.0, 3.0]])  # their length does not count
    value = loss(torch.tensor([[0.6, 0.8]]), torch.tensor([1]))
    assert value.item() == pytest.approx(np.log(np.exp(1.2) + np.exp(1.6)) - 1.6)


def test_proxies_start_at_the_mean_of_their_own_pictures():
    loss = dml.NormSoftmax(3, 2)
    before = loss.proxies[2].clone()
    loss.start_at(torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]), torch.tensor([0, 0, 1]))
    torch.testing.assert_close(loss.proxies[:2].detach(), torch.tensor([[0.5**0.5, 0.5**0.5], [0.0, -1.0]]))
    assert torch.equal(loss.proxies[2], before)


@pytest.mark.parametrize(("size", "millions"), [("lite0", 3.37), ("lite1", 4.14), ("lite2", 4.81)])
def test_the_trunks_have_the_published_sizes(size: str, millions: float):
    with torch.device("meta"):
        trunk = lite.LiteTrunk(size)
        features = trunk(torch.empty(1, 3, 64, 64))
    assert sum(p.numel() for p in trunk.parameters()) / 1e6 == pytest.approx(millions, abs=0.01)
    assert features.shape == (1, 1280, 2, 2)


def test_convolutions_pad_like_tensorflow():
    """Stride 2 on an even side: the missing column is on the right, so the first window starts at 0."""
    conv = lite.SameConv(1, 1, 3, 2)
    conv.weight.data = torch.tensor([[[[1.0, 0, 0], [0, 0, 0], [0, 0, 0]]]])
    picture = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert conv(picture).flatten().tolist() == [0.0, 2.0, 8.0, 10.0]
    assert conv(torch.arange(25.0).reshape(1, 1, 5, 5)).shape == (1, 1, 3, 3)


def test_weights_of_another_network_are_refused():
    with torch.device("meta"):
        state = lite.LiteTrunk("lite1").state_dict()
    with pytest.raises(ValueError, match="not the weights of this EfficientNet-Lite"):
        lite.load_imagenet(lite.LiteTrunk("lite0"), state)


def test_frozen_stages_do_not_learn():
    net = dml.EmbeddingNet(lite.LiteTrunk("lite0"), dimension=8)
    dml.freeze(net, 2)
    assert not any(p.requires_grad for part in (net.trunk.stem, net.trunk.stages[:2]) for p in part.parameters())
    assert all(p.requires_grad for part in (net.trunk.stages[2:], net.projection) for p in part.parameters())


def photos() -> list[Image.Image]:
    noise = np.random.default_rng(0).integers(0, 255, (3, 24, 24, 3), np.uint8)
    return [
        Image.fromarray(pixels).resize(size) for pixels, size in zip(noise, [(64, 64), (50, 90), (33, 20)], strict=True)
    ]


def squares(size: int) -> torch.Tensor:
    from visualsearch.ml import transforms

    squares = stacked([transforms.letterboxed(photo, size, 128)[0] for photo in photos()])
    return normalised(squares, lite.MEAN, lite.STD)


def as_stored(net: nn.Module) -> nn.Module:
    """The network with what a file of half floats keeps of its large parameters, norms folded in first."""
    from visualsearch.ml.export import SMALLEST_HALVED, folded

    net = folded(net)
    for parameter in net.parameters():
        if parameter.numel() >= SMALLEST_HALVED:
            parameter.data = parameter.data.half().float()
    return net


@pytest.mark.parametrize("trunk", ["small", "lite0"])
def test_onnx_runtime_and_torch_agree(tmp_path, trunk: str):
    torch.manual_seed(3)
    net = small() if trunk == "small" else dml.EmbeddingNet(lite.LiteTrunk("lite0"), dimension=16).eval()
    entry = release(net, "tried", 64, trunk="", data="none", licence="none", folder=tmp_path)
    served = Embedder(entry, threads=1).embed(photos())
    with torch.no_grad():
        exact, stored = net(squares(64)).numpy(), as_stored(net)(squares(64)).numpy()
    np.testing.assert_allclose(served, stored, atol=1e-4)
    np.testing.assert_allclose(served, exact, atol=1e-2)  # half floats in the file
    np.testing.assert_allclose(np.linalg.norm(served, axis=1), 1.0, atol=1e-5)
    assert (entry.dimension, entry.input_size, entry.mean, entry.std) == (served.shape[1], 64, 127.0, 128.0)
