"""The custom message trigger: it words what is sent.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from fastapi_cognito_auth.local.triggers import (
    Caller,
    Invocation,
    Trigger,
    unrecognizable,
    user_attributes,
    with_metadata,
)
from fastapi_cognito_auth.local.users import User

CODE: Final = "{####}"
USERNAME: Final = "{username}"
INVITATION: Final = "AdminCreateUser"
"""The message with a temporary password, which has to say for which Username it is."""

_LINK: Final = "{##Click Here##}"


class Wording(NamedTuple):
    """What a message says; None leaves it to the service's own words."""

    subject: str | None = None
    text: str | None = None


def word(
    trigger: Trigger | None,
    occasion: str,
    user: User,
    caller: Caller,
    *,
    pool_id: str,
    medium: str,
    code: str,
) -> Wording:
    """Ask the trigger, if there is one, and put code and Username into its text.

    Args:
        trigger: of the pool.
        occasion: the second half of the event's triggerSource.
        user: who gets the message.
        caller: whose request led to it.
        pool_id: of the pool.
        medium: EMAIL or SMS.
        code: in the message.

    Raises:
        ServiceError: the trigger raised, or its text lacks a placeholder; nothing was sent.
    """
    if trigger is None:
        return Wording()
    invites = occasion == INVITATION
    request = {
        "userAttributes": user_attributes(user),
        "codeParameter": CODE,
        "linkParameter": _LINK,
        "usernameParameter": USERNAME if invites else None,
    }
    invocation = Invocation(
        name="CustomMessage",
        source=f"CustomMessage_{occasion}",
        pool_id=pool_id,
        client_id=caller.client_id,
        username=user.username,
    )
    empty = {"smsMessage": None, "emailMessage": None, "emailSubject": None}
    response = invocation(trigger, with_metadata(request, caller.metadata), empty)
    subject, email, sms = (_text(response, name) for name in ("emailSubject", "emailMessage", "smsMessage"))
    text = sms if medium == "SMS" else email
    if text is not None:
        if CODE not in text or (invites and USERNAME not in text):
            raise unrecognizable()
        # In this order: a Username may look like the code's placeholder, a code like none.
        text = text.replace(CODE, code).replace(USERNAME, user.username if invites else USERNAME)
    return Wording(subject if medium == "EMAIL" else None, text)


def _text(response: Mapping[str, Any], name: str) -> str | None:
    value = response.get(name)
    if value is not None and not isinstance(value, str):
        raise unrecognizable()
    return value
