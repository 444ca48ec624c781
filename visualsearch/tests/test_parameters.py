"""What was exported is what training can start from again; a trunk from torchvision computes what torchvision does."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from visualsearch.ml import dml, lite, parameters, resnet
from visualsearch.ml.export import folded
from visualsearch.ml.train.embedder import release
from visualsearch.ml.weights import Weights, WeightsError


@pytest.fixture(scope="module")
def net() -> dml.EmbeddingNet:
    torch.manual_seed(3)
    net = dml.EmbeddingNet(lite.LiteTrunk("lite0"), dimension=16).eval()
    for norm in (module for module in net.modules() if isinstance(module, torch.nn.BatchNorm2d)):
        torch.nn.init.normal_(norm.bias, std=0.1)  # as after training: equal tensors would be written only once
    return net


@pytest.fixture(scope="module")
def exported(net: dml.EmbeddingNet, tmp_path_factory) -> Weights:
    folder = tmp_path_factory.mktemp("weights")
    return release(net, "kept", 64, trunk="lite0", data="none", licence="none", folder=folder)


def test_an_exported_network_comes_back(net: dml.EmbeddingNet, exported: Weights):
    again = folded(dml.EmbeddingNet(lite.LiteTrunk(exported.architecture), dimension=exported.dimension))
    parameters.load(again, exported)
    pictures = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        assert functional.cosine_similarity(again(pictures), net(pictures)).min() > 0.9999  # fp16 on disk


def test_another_network_is_refused_and_nothing_changes(exported: Weights):
    other = folded(dml.EmbeddingNet(lite.LiteTrunk("lite0"), dimension=8))
    before = {name: tensor.clone() for name, tensor in other.state_dict().items()}
    with pytest.raises(WeightsError, match="kept holds another network"):
        parameters.load(other, exported)
    assert all(torch.equal(before[name], tensor) for name, tensor in other.state_dict().items())


def test_a_file_that_was_cut_off_is_refused(exported: Weights, tmp_path: Path):
    (tmp_path / exported.file).write_bytes(exported.path.read_bytes()[:-100])
    with pytest.raises(WeightsError, match="is not the weights kept"):
        parameters.parameters(replace(exported, folder=tmp_path))


def test_torchvisions_trunk_computes_what_torchvision_does(tmp_path: Path):
    torch.manual_seed(0)
    theirs = resnet._torchvision().models.resnet50(weights=None).eval()
    torch.save(theirs.state_dict(), tmp_path / "resnet50.pth")
    ours = resnet.from_file(tmp_path / "resnet50.pth").eval()
    pixels = torch.rand(1, 3, 64, 64)
    mean, std = torch.tensor(resnet.MEAN).view(1, 3, 1, 1), torch.tensor(resnet.STD).view(1, 3, 1, 1)
    layers = torch.nn.Sequential(*list(theirs.children())[:-2])
    with torch.no_grad():
        expected, found = layers((pixels - mean) / std), ours((pixels * 255 - lite.MEAN) / lite.STD)
    assert found.shape == (1, resnet.FEATURES, 2, 2)
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=1e-3)


def test_a_file_of_something_else_is_no_trunk(tmp_path: Path):
    torch.save({"conv1.weight": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(ValueError, match="does not hold torchvision's weights of ResNet-50"):
        resnet.from_file(tmp_path / "other.pth")
