"""Where a training runs: the options that both commands take."""

from argparse import ArgumentParser


def add_machine(parser: ArgumentParser) -> None:
    """Add `--device` and `--workers`."""
    parser.add_argument("--device", default="cpu", help="cpu, or cuda where torch finds a GPU")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw pictures; 8 feed a GPU")
