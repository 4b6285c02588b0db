"""The secret of an authenticator app, as text and as a QR code drawn here (RFC 6238, Key URI format)."""

import io
from urllib.parse import quote, urlencode

import segno


def otpauth_uri(secret_code: str, *, issuer: str, account: str) -> str:
    """Return the `otpauth://totp/…` URI that authenticator apps read.

    Args:
        secret_code: base32.
        issuer: the name of the service.
        account: the name that the user signs in with.
    """
    label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    query = urlencode({"secret": secret_code, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG element, fit for putting into a page as it is."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=4, xmldecl=False, svgclass=None)
    return out.getvalue().decode().strip()
