"""Nothing secret in the DEBUG log of boto3."""

import logging
import threading
from typing import Final

from fastapi_cognito_auth.cognito.threads import THREAD_NAME

_LIBRARIES: Final = frozenset({"boto3", "botocore", "urllib3"})


def keep_secrets_out_of_logs() -> None:
    """Drop what boto3 would log, at DEBUG, of our calls: requests, answers, and what signs them.

    Calls that others make by boto3 in the same process are logged as they were. A filter counts for
    one logger, so this is done when all of them are there.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in _LIBRARIES:
            logging.getLogger(name).addFilter(_holds_no_payload)


def _holds_no_payload(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG or not threading.current_thread().name.startswith(THREAD_NAME)
