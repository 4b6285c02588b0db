"""What a team has put into its folders, looked at before it is read: not all of it need be a file."""

from pathlib import Path
from stat import S_ISREG
from typing import Final

_LARGEST: Final = 1_000_000  # bytes; what is written by hand has a tenth of that


def why_not_read(file: Path) -> str | None:
    """Return why something is not read, which may have no end; nothing if it can be.

    Raises:
        OSError: it cannot be looked at.
    """
    found = file.stat()
    if not S_ISREG(found.st_mode):
        return "it is no file"
    return "it is larger than 1 MB" if found.st_size > _LARGEST else None
