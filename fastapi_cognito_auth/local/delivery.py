"""Where a code goes, and what the API shows of it."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal

_MEDIA: Final[dict[str, Literal["EMAIL", "SMS"]]] = {"email": "EMAIL", "phone_number": "SMS"}
REACHABLE: Final = ("email", "phone_number")
"""The attributes that a code can go to."""
EMAIL: Final = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
PHONE: Final = re.compile(r"\+[0-9]{2,17}")


def kind_of_name(username: str) -> str:
    """Return the attribute that a username looks like, or nothing."""
    if EMAIL.fullmatch(username):
        return "email"
    return "phone_number" if PHONE.fullmatch(username) else ""


def medium(attribute: str) -> Literal["EMAIL", "SMS"]:
    """Return how an attribute is reached."""
    return _MEDIA[attribute]


def mask(destination: str) -> str:
    """Hide a destination as the service does: `a***@e***` or `+*******9934`."""
    if "@" in destination:
        name, _, host = destination.partition("@")
        return f"{name[:1]}***@{host[:1]}***"
    return f"+*******{destination[-4:]}"


def details(attribute: str, destination: str) -> dict[str, str]:
    """Build CodeDeliveryDetails."""
    return {"Destination": mask(destination), "DeliveryMedium": medium(attribute), "AttributeName": attribute}


def simulated_details(username: str, noise: bytes, attribute: str = "") -> dict[str, str]:
    """Build CodeDeliveryDetails for nobody.

    Args:
        username: what was asked for; an address stands for itself.
        noise: bytes that are the same each time for this name.
        attribute: `email` or `phone_number`; as the username looks unless given.
    """
    kind = kind_of_name(username)
    attribute = attribute or kind or "email"
    if kind == attribute:
        return details(attribute, username)
    if attribute == "phone_number":
        return details(attribute, "+" + "".join(str(byte % 10) for byte in noise[:4]))
    letters = [chr(ord("a") + byte % 26) for byte in noise[:2]]
    return details(attribute, "@".join(letters))


def verified_address(attributes: Mapping[str, str], name: str) -> str | None:
    """Return a verified email or phone number."""
    verified = attributes.get(f"{name}_verified") == "true"
    return (attributes.get(name) or None) if verified else None


def verified_contact(
    attributes: Mapping[str, str], order: Iterable[str], *, skip: Collection[str]
) -> tuple[str, str] | None:
    """Return the attribute and address for a reset code, if any is verified.

    Args:
        attributes: the user's.
        order: the attributes that it may go to, the preferred one first.
        skip: what is the user's second factor, so that it cannot also reset the first.
    """
    for name in order:
        if name in skip:
            continue
        address = verified_address(attributes, name)
        if address is not None:
            return name, address
    return None
