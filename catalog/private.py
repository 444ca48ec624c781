"""The storage of files that no address leads to."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """Files under PRIVATE_ROOT, readable by the shop alone. They have no URL."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        """The folder, as it is set now."""
        return str(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        """Its absolute path."""
        return os.path.abspath(self.base_location)

    def url(self, name: str | None) -> str:
        """Raises ValueError: there is none."""
        raise ValueError("Private files have no address.")
