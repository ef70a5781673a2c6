"""A file that is too large is dropped while it arrives; the form then says so."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from initiatives.core.imports.table import LARGEST_FILE


class DropTooLarge(FileUploadHandler):
    """Lets everything pass to the next handler, up to the limit. Sets `request.too_large`."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > LARGEST_FILE:
            self.request.too_large = True  # type: ignore[union-attr]  # a request by then
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None
