"""Darknet's files: taken apart and put together again byte for byte, and refused with a reason."""

import struct
from pathlib import Path

import numpy as np
import pytest

from visualsearch.ml import cfg, darknet
from visualsearch.ml.darknet import DarknetError, Header

ODD = (
    "# written by hand\r\n\n[net]\nwidth = 64 # small\n;a remark\n[convolutional]\nfilters=24\n\n"
    " [yolo]\nmask = 0,1\nanchors = 1,2, 3,4\nclasses=7\n"
)


def test_a_cfg_is_written_back_byte_for_byte(tmp_path: Path):
    (tmp_path / "in.cfg").write_bytes(ODD.encode())
    sections = darknet.read_cfg(tmp_path / "in.cfg")
    assert darknet.write_cfg(sections, tmp_path / "out.cfg").read_bytes() == ODD.encode()


def test_options_are_read_without_remarks():
    net, convolution, yolo = darknet.parse(ODD)
    assert (net.number("width"), convolution.number("filters"), convolution.number("size", 1)) == (64, 24, 1)
    assert yolo.numbers("anchors") == [1, 2, 3, 4]


def test_our_cfgs_have_the_layers_of_the_paper():
    kinds = [section.kind for section in darknet.parse(cfg.yolov3())]
    assert len(kinds) == 1 + 107
    assert (kinds.count("convolutional"), kinds.count("shortcut"), kinds.count("yolo")) == (75, 23, 3)
    assert [section.kind for section in darknet.parse(cfg.yolov3_tiny())].count("convolutional") == 13


@pytest.mark.parametrize("text", ["", "hello\n", "[net]\nwidth=3\n", "[convolutional]\n[yolo]\n", "<html>\n<body>"])
def test_what_is_no_cfg_is_refused(text: str):
    with pytest.raises(DarknetError, match="not a Darknet cfg"):
        darknet.parse(text)


def test_a_line_that_is_no_option_is_named():
    with pytest.raises(DarknetError, match=r"in \[net\] the line 'width 3'"):
        darknet.parse("[net]\nwidth 3\n[yolo]\n")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path):
    (tmp_path / "x.cfg").write_bytes(b"\xff\xfe\x00[net]")
    with pytest.raises(DarknetError, match=r"x\.cfg is not a Darknet cfg"):
        darknet.read_cfg(tmp_path / "x.cfg")


def test_a_number_that_is_none_is_named():
    section = darknet.parse("[net]\n[yolo]\nclasses=many\nanchors=1,b\n")[1]
    with pytest.raises(DarknetError, match="whole number for classes"):
        section.number("classes")
    with pytest.raises(DarknetError, match="list of numbers for anchors"):
        section.numbers("anchors")
    with pytest.raises(DarknetError, match="mask"):
        section.numbers("mask")


def test_the_class_count_has_to_be_that_of_the_cfg():
    sections = darknet.parse(cfg.yolov3_tiny(13))
    darknet.check_classes(sections, 13)
    with pytest.raises(DarknetError, match="for 13 classes, but 80"):
        darknet.check_classes(sections, 80)


def test_the_filters_before_a_head_have_to_fit_its_classes():
    text = cfg.yolov3_tiny(13).replace("filters=54", "filters=255")
    with pytest.raises(DarknetError, match="need 54"):
        darknet.check_classes(darknet.parse(text), 13)


@pytest.mark.parametrize("header", [Header(seen=32013312), Header(0, 1, 0, 7), Header(0, 2, 5, 2**40)])
def test_weights_are_written_back_byte_for_byte(tmp_path: Path, header: Header):
    head = struct.pack(header.form, header.major, header.minor, header.revision, header.seen)
    data = head + np.random.default_rng(0).normal(size=12).astype("<f4").tobytes()
    (tmp_path / "in.weights").write_bytes(data)
    read, arrays = darknet.read_weights(tmp_path / "in.weights", [3, 4, 5])
    assert read == header
    assert [array.size for array in arrays] == [3, 4, 5]
    assert darknet.write_weights(read, arrays, tmp_path / "out.weights").read_bytes() == data


@pytest.mark.parametrize(("size", "how"), [(11, "cut off"), (13, "too long")])
def test_weights_of_another_length_are_refused(tmp_path: Path, size: int, how: str):
    path = darknet.write_weights(Header(), [np.zeros(size, np.float32)], tmp_path / "x.weights")
    with pytest.raises(DarknetError, match=rf"x\.weights are {how} .* 48 expected"):
        darknet.read_weights(path, [12])


def test_weights_without_even_a_header_are_refused(tmp_path: Path):
    (tmp_path / "x.weights").write_bytes(b"short")
    with pytest.raises(DarknetError, match="5 bytes are no Darknet file"):
        darknet.read_weights(tmp_path / "x.weights", [1])
    with pytest.raises(DarknetError, match="cannot be read"):
        darknet.read_weights(tmp_path / "none.weights", [1])
