#!/usr/bin/env python
"""Django's command line. Starts the embedded PostgreSQL and Valkey first, where no URL names others."""

import os
import sys

from shop import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    from django.core.management import execute_from_command_line

    with embedded.services():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
