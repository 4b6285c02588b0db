"""The secret of an authenticator app, as text and as a QR code drawn here (RFC 6238, Key URI format)."""

import io
from typing import Final
from urllib.parse import quote, urlencode

_LONGEST_ACCOUNT: Final = 64  # characters; apps show fewer


def otpauth_uri(secret_code: str, *, issuer: str, account: str) -> str:
    """Return the `otpauth://totp/…` URI that authenticator apps read.

    Args:
        secret_code: base32.
        issuer: the name of the service.
        account: the name that the user signs in with; its beginning is shown.
    """
    # A character may take twelve when encoded, and a QR code has room for some 2900.
    label = f"{quote(issuer, safe='')}:{quote(account[:_LONGEST_ACCOUNT], safe='@')}"
    query = urlencode({"secret": secret_code, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG element, fit for putting into a page as it is."""
    import segno  # noqa: PLC0415 - with the first secret: most processes show none

    out = io.BytesIO()
    segno.make(text, error="l", micro=False).save(out, kind="svg", scale=4, xmldecl=False, svgclass=None)
    return out.getvalue().decode().strip()
