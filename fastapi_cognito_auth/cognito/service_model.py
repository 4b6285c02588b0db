"""The description of the user pools API that comes with botocore: operations, members, limits, texts.

Reading it needs neither credentials nor a client. botocore is loaded by the first who asks.
"""

import functools
import os
from typing import Any, Final

NO_FILES: Final = {
    "profile": (None,) * 4,
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""Variables of a session of botocore that reads no profile: each its name in the file, the
environment variable, the default, and how it is read."""


@functools.cache
def model_loader() -> Any:
    """Return what reads descriptions from disk, each once."""
    import botocore.session  # noqa: PLC0415 - half a second that verifying tokens must not cost

    return botocore.session.get_session(NO_FILES).get_component("data_loader")


@functools.cache
def service_model() -> Any:
    """Return botocore's description of the user pools API."""
    from botocore.model import ServiceModel  # noqa: PLC0415 - as above

    return ServiceModel(model_loader().load_service_model("cognito-idp", "service-2"), "cognito-idp")
