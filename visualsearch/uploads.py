"""A shopper's file on its way in: held in memory, never on disk, and no longer read once it is too large."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext

from catalog.images import PictureRefused, refuse_size

if TYPE_CHECKING:
    from django.http import HttpRequest

FIELD = "photo"
READ_AND_DROPPED = 4  # times the limit that is read to its end, so that the sender hears the answer; then hang up

STATUS = {"too_large": 413, "too_many_pixels": 413, "not_a_picture": 415, "format_not_offered": 415}
OTHERWISE = 400  # the HTTP status of a refusal whose code is not above


class InMemory(FileUploadHandler):
    """Keeps one file up to settings.VISUALSEARCH["PHOTO_MAX_BYTES"]; `too_large` tells that there was more."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.limit: int = settings.VISUALSEARCH["PHOTO_MAX_BYTES"]
        self.too_large = False
        self.file = io.BytesIO()
        self.length = 0

    def handle_raw_input(
        self,
        input_data: object,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.length = content_length

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.file = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)
        if self.file.tell() > self.limit:
            self.too_large = True
            self.file = io.BytesIO()
            raise StopUpload(connection_reset=self.length > READ_AND_DROPPED * self.limit)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)


def keep_in_memory(request: HttpRequest) -> InMemory:
    """Let this request's files go through memory only. Call it before anything reads the body."""
    handler = InMemory(request)
    request.upload_handlers = [handler]
    return handler


def photo(handler: InMemory, file: UploadedFile | None) -> bytes:
    """The bytes of the photo that came; raises `PictureRefused` with code too_large or missing."""
    if handler.too_large:
        refuse_size(handler.length, handler.limit)
    if file is None:
        raise PictureRefused("missing", gettext("No photo came along. Choose a picture."))
    return file.read()
