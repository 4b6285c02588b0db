"""The users of a pool as they were at a moment: how much is different now, and all of it put back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi_cognito_auth.local.mfa import Factors
from fastapi_cognito_auth.local.plane import Plane

_ENTITIES: Final = {"Users": "users", "Groups": "groups", "User MFAs": "factors", "Passkeys": "passkeys"}
"""The tables of what a preview counts."""
Past = Mapping[str, Mapping[Any, Any]]
"""By table and key, what has changed since the moment, as it was then; None where nothing was."""


def preview(plane: Plane, past: Past) -> tuple[dict[str, Any], ...]:
    """Return RestorePreviewType for each kind of entity."""
    return tuple(_counted(plane, entity, past[table]) for entity, table in _ENTITIES.items())


def _counted(plane: Plane, entity: str, changed: Mapping[Any, Any]) -> dict[str, Any]:
    table = plane.history.tables[_ENTITIES[entity]]
    pairs = [(_shown(old), _shown(table.get(key))) for key, old in changed.items()]
    return {
        "Entity": entity,
        "CreateCount": sum(now is None and old is not None for old, now in pairs),
        "UpdateCount": sum(now is not None and old is not None and now != old for old, now in pairs),
        "DeleteCount": sum(now is not None and old is None for old, now in pairs),
    }


def _shown(record: Any) -> Any:
    """Return what a preview compares: what the use of a factor alone changes is not its business."""
    if isinstance(record, Factors):
        used = None if record.token is None else replace(record.token, last_step=-1)
        record = replace(record, token=used, pending=None)
        return None if record == Factors() else record
    return replace(record, sign_count=0) if hasattr(record, "sign_count") else record


def put_back(plane: Plane, past: Past) -> None:
    """Make all of it as it was, but for passwords that users have changed since."""
    _put_back_users(plane, past)
    tables = plane.history.tables
    for sub, verifier in past["passwords"].items():
        if verifier is not None and sub in tables["users"] and sub not in tables["passwords"]:
            tables["passwords"][sub] = verifier
    for sub, old in past["factors"].items():
        if sub in tables["users"]:
            _set(tables["factors"], sub, _unused(old, tables["factors"].get(sub)))
    for passkey_id, old in past["passkeys"].items():
        _set(tables["passkeys"], passkey_id, _as_often_used(old, tables["passkeys"].get(passkey_id)))
    for sub in {*past["users"], *past["factors"], *past["passwords"]}:
        # A sign-in that is under way has proven what may be no more.
        plane.sessions.drop(sub)
        user = plane.directory.by_sub(sub)
        if user is not None and not user.enabled:
            plane.sign_out(user)


def _put_back_users(plane: Plane, past: Past) -> None:
    directory, tables = plane.directory, plane.history.tables
    for sub, old in past["users"].items():
        user = directory.by_sub(sub)
        if old is None and user is not None:
            plane.forget(user)
            directory.remove_user(user)
    for name, old in past["groups"].items():
        _set(tables["groups"], name, old)
    changed_passwords = {sub for sub in past["passwords"] if sub in tables["passwords"]}
    for sub, old in past["users"].items():
        if old is not None:
            known = directory.by_sub(sub)
            # The status says what the present password is good for.
            kept = known is not None and sub in changed_passwords
            _set(tables["users"], sub, replace(old, status=known.status) if kept and known else old)
    directory.reindex()


def _unused(old: Any, now: Any) -> Any:
    """Return factors as they were, in which no code can be used that was used since."""
    if old is None or now is None or old.token is None or now.token is None:
        return old
    if old.token.secret != now.token.secret:
        return old
    return replace(old, token=replace(old.token, last_step=max(old.token.last_step, now.token.last_step)))


def _as_often_used(old: Any, now: Any) -> Any:
    """Return a passkey as it was, but for how often it has signed: no assertion counts twice."""
    if old is None or now is None:
        return old
    return replace(old, sign_count=max(old.sign_count, now.sign_count))


def _set(table: Any, key: Any, record: Any) -> None:
    if record is None:
        table.pop(key, None)
    else:
        # What the history holds stays as it is.
        table[key] = record.copy()
