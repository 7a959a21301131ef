"""A window over a stream: the one way readers of long files look ahead without holding the file."""

from __future__ import annotations

from typing import BinaryIO

CHUNK = 1 << 20


class Window:
    """Bytes read but not yet used. `data[at:]` is what is ahead; `base` is the offset in the file of `data[0]`."""

    def __init__(self, stream: BinaryIO, chunk: int | None = None) -> None:
        """Begin where the stream stands, which counts as offset 0."""
        self._stream = stream
        self._chunk = chunk or CHUNK
        self.data = b""
        self.at = 0
        self.base = 0
        self.ended = False

    @property
    def offset(self) -> int:
        """Where in the file the window stands."""
        return self.base + self.at

    def has_data(self) -> bool:
        """Whether anything that was read is still ahead."""
        return self.at < len(self.data)

    def grow(self) -> bool:
        """Let go of what was used and read one more chunk; False at the end of the file."""
        chunk = b"" if self.ended else self._stream.read(self._chunk)
        self.ended = not chunk
        if self.at:
            self.base += self.at
            self.data = self.data[self.at :]
            self.at = 0
        self.data += chunk
        return bool(chunk)
