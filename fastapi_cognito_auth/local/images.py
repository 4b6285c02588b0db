"""Images that come in base64, which are shown as addresses that hold them."""

import base64
import binascii
from typing import Final

from fastapi_cognito_auth.local.errors import invalid_parameter

_KINDS: Final = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))
"""What a file begins with."""


def decoded(text: str, member: str, most: int) -> bytes:
    """Return the bytes of an image.

    Args:
        text: in base64.
        member: its name, for the refusal.
        most: bytes.

    Raises:
        ServiceError: it is no base64, or too large.
    """
    try:
        image = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        msg = f"{member} is no base64"
        raise invalid_parameter(msg) from None
    if len(image) > most:
        msg = f"{member} is larger than {most} bytes"
        raise invalid_parameter(msg)
    return image


def address(text: str, member: str, most: int) -> str:
    """Return the `data:` address of a PNG or a JPEG, with the arguments of `decoded`.

    Raises:
        ServiceError: it is none.
    """
    image = decoded(text, member, most)
    kind = next((name for begin, name in _KINDS if image.startswith(begin)), None)
    if kind is None:
        msg = f"{member} is neither a PNG nor a JPEG"
        raise invalid_parameter(msg)
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"
