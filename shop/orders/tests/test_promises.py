"""What docs/checkout.md promises is held by tests that exist."""

import re
from pathlib import Path


def test_every_promise_names_tests_that_exist():
    text = (Path(__file__).parents[3] / "docs" / "checkout.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and "test_" in line]
    there = set(re.findall(r"def (test_\w+)", "".join(p.read_text() for p in Path(__file__).parent.glob("test_*.py"))))
    assert len(rows) > 12
    assert {name for row in rows for name in re.findall(r"`(test_\w+)`", row)} <= there
