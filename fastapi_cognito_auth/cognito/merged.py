"""What an update of the API must be sent so that it changes what is meant, and nothing else.

UpdateUserPool, UpdateUserPoolClient and UpdateResourceServer put back to its default whatever is left
out. So what the pool describes is sent again, as far as the update takes it, with the changes in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from fastapi_cognito_auth.cognito.api_shapes import is_document, members_of
from fastapi_cognito_auth.cognito.names import nearest

Path = tuple[str, ...]

_TEMPLATE: Final = "verification_message_template"
_SAID_TWICE: Final[Sequence[tuple[Path, Path]]] = (
    (("email_verification_message",), (_TEMPLATE, "email_message")),
    (("email_verification_subject",), (_TEMPLATE, "email_subject")),
    (("sms_verification_message",), (_TEMPLATE, "sms_message")),
    (
        ("lambda_config", "pre_token_generation"),
        ("lambda_config", "pre_token_generation_config", "lambda_arn"),
    ),
)
"""What a pool describes at two places, which must not contradict each other."""


class Change(NamedTuple):
    """A member of a configuration that an update changed."""

    path: str
    """With dots, such as `policies.password_policy.minimum_length`."""

    before: Any
    """`None` if it was not there."""

    after: Any
    """`None` if it is taken away."""


def as_update(shape: Any, described: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """Return what a description holds that the update takes, by the update's names.

    Args:
        shape: botocore's, of what the update takes.
        described: in snake case.
        renamed: the update's names of members that a description calls otherwise.
    """
    named = {renamed.get(name, name): value for name, value in described.items()}
    kept: dict[str, Any] = _known(shape, named)
    policy = kept.get("policies", {}).get("password_policy", {})
    if "temporary_password_validity_days" in policy:
        # Superseded by it. The API describes both, and takes only one.
        kept.get("admin_create_user_config", {}).pop("unused_account_validity_days", None)
    return kept


def _known(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure" and not is_document(shape) and isinstance(value, Mapping):
        names = members_of(shape)
        return {
            name: _known(shape.members[names[name]], item) for name, item in value.items() if name in names
        }
    return value


def with_changes(
    operation: str, shape: Any, current: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the members of an update, with the changes in them.

    Structures are merged member by member, at any depth; lists and maps are replaced as a whole, and
    `None` takes a member away, so that the update puts it back to its default.

    Args:
        operation: the update, for the words of the error.
        shape: botocore's, of what it takes.
        current: what `as_update` returned.
        changes: in snake case.

    Raises:
        TypeError: the update has no member of such a name.
    """
    merged: dict[str, Any] = _merged(operation, shape, current, changes)
    for one, other in _SAID_TWICE:
        for said, again in ((one, other), (other, one)):
            if _holds(changes, said) and not _holds(changes, again):
                _repeat(merged, said, again)
    return merged


def _merged(operation: str, shape: Any, current: Any, changes: Any) -> Any:
    if shape.type_name != "structure" or is_document(shape) or not isinstance(changes, Mapping):
        return changes
    names = members_of(shape)
    merged = dict(current) if isinstance(current, Mapping) else {}
    for name, value in changes.items():
        if name not in names:
            msg = f"{operation} has no parameter {name!r}{nearest(name, names)}"
            raise TypeError(msg)
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(operation, shape.members[names[name]], merged.get(name), value)
    return merged


def _holds(changes: Any, path: Path) -> bool:
    for name in path:
        if not isinstance(changes, Mapping) or name not in changes:
            return False
        changes = changes[name]
    return True


def _repeat(merged: dict[str, Any], said: Path, again: Path) -> None:
    """Say at the second place what is said at the first, if anything is said there."""
    value: Any = merged
    for name in said:
        value = value.get(name) if isinstance(value, Mapping) else None
    *outer, last = again
    place: Any = merged
    for name in outer:
        if name not in place:
            return
        place[name] = dict(place[name])
        place = place[name]
    if last not in place:
        return
    if value is not None:
        place[last] = value
    elif last == "lambda_arn":
        # A version of no function is nothing.
        del merged["lambda_config"]["pre_token_generation_config"]
    else:
        del place[last]


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Change]:
    """Yield what differs between two configurations; lists and what is no mapping differ as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted(before.keys() | after.keys()):
            yield from differences(before.get(name), after.get(name), (*path, name))
    elif before != after:
        yield Change(".".join(path), before, after)


class Changeable(NamedTuple):
    """A kind of configuration that is described by one operation, and replaced by another."""

    describe: str
    """The operation that describes it."""

    member: str
    """Of its answer, in snake case."""

    update: str
    """The operation that replaces it."""

    renamed: Mapping[str, str] = {}
    """The update's names of members that a description calls otherwise."""


USER_POOL: Final = Changeable("DescribeUserPool", "user_pool", "UpdateUserPool", {"name": "pool_name"})
USER_POOL_CLIENT: Final = Changeable("DescribeUserPoolClient", "user_pool_client", "UpdateUserPoolClient")
RESOURCE_SERVER: Final = Changeable("DescribeResourceServer", "resource_server", "UpdateResourceServer")
IDENTITY_PROVIDER: Final = Changeable(
    "DescribeIdentityProvider", "identity_provider", "UpdateIdentityProvider"
)
