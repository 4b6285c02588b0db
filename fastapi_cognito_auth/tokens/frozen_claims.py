"""The claims of a token as a dictionary in which nothing can be changed.

From its second use on, a token's user is the same object for all requests: what one of them changed,
the others would see.
"""

from typing import Any, NoReturn

from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, AlbClaims, IdTokenClaims


class FrozenClaims(dict[str, Any]):
    """A dictionary that does not change."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("verified claims cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it be copied and pickled, which would fill an empty one."""
        return FrozenClaims, (dict(self),)


def frozen(claims: AccessTokenClaims | IdTokenClaims | AlbClaims) -> FrozenClaims:
    """Return all claims by their names in the token."""
    written = claims.model_dump(by_alias=True, exclude_unset=True)
    return FrozenClaims({name: _freeze(value) for name, value in written.items()})


def _freeze(value: Any) -> Any:
    if isinstance(value, dict):
        return FrozenClaims({name: _freeze(inner) for name, inner in value.items()})
    if isinstance(value, list | tuple):
        return tuple(_freeze(inner) for inner in value)
    return value
