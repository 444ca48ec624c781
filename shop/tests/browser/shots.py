"""Pictures of every page, on a phone and a desk, by day and by night: python -m shop.tests.browser.shots [FOLDER]"""

import os
import sys
from pathlib import Path

import pytest


def main() -> int:
    """Walks the pages as their test does and leaves the pictures in FOLDER, var/screenshots unless given."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/screenshots").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["VITRINE_SHOTS"] = str(folder)
    return pytest.main([str(Path(__file__).with_name("test_look.py")), "-q"])


if __name__ == "__main__":
    sys.exit(main())
