"""The first computed vector: one pool, one app client, one user, and what a server answers her."""

import json
from pathlib import Path
from typing import Any

_ALL: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "srp-vectors.json").read_text())
_USER: dict[str, Any] = _ALL["user_srp"][0]["input"]

HASHES: list[dict[str, str]] = _ALL["secret_hash"]
POOL_ID: str = _USER["user_pool_id"]
LOGIN: str = _USER["login"]
USER_ID: str = _USER["USER_ID_FOR_SRP"]
PASSWORD: str = _USER["password"]

CLIENT_ID = HASHES[0]["client_id"]
CLIENT_SECRET = HASHES[0]["client_secret"]
HASH_OF = {row["username"]: row["SECRET_HASH"] for row in HASHES if row["client_id"] == CLIENT_ID}
"""`SECRET_HASH` of the login and of the user's id."""

SRP_VALUES: dict[str, str] = {
    "SALT": _USER["SALT"],
    "SRP_B": _ALL["user_srp"][0]["expect"]["SRP_B"],
    "SECRET_BLOCK": _USER["SECRET_BLOCK"],
    "USER_ID_FOR_SRP": USER_ID,
    "USERNAME": USER_ID,
}
"""The `ChallengeParameters` of PASSWORD_VERIFIER."""
