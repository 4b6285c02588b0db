"""The parameters of a request: each once (RFC 6749 section 3.1), in UTF-8, and not too many."""

from collections.abc import Iterator, Mapping
from typing import Final, Self
from urllib.parse import parse_qsl

from fastapi_cognito_auth.formats.untrusted_json import is_text

_MOST: Final = 100


class Parameters(Mapping[str, str]):
    """The parameters by name; an empty one counts as left out (RFC 6749 section 3.1).

    Args:
        pairs: as they came.
        readable: whether they could be read at all; what could not has none.
    """

    def __init__(self, pairs: list[tuple[str, str]] | None = None, *, readable: bool = True) -> None:
        pairs = pairs or []
        self._values = {name: value for name, value in pairs if value}
        self.repeated: frozenset[str] = frozenset(
            name for name in {name for name, _ in pairs} if sum(name == other for other, _ in pairs) > 1
        )
        self.readable: bool = readable

    @classmethod
    def read(cls, encoded: bytes) -> Self:
        """Read a query or a form."""
        try:
            pairs = parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST)
        except ValueError:
            return cls(readable=False)
        if not all(is_text(name) and is_text(value) for name, value in pairs):
            return cls(readable=False)
        return cls(pairs)

    @property
    def valid(self) -> bool:
        """Whether it could be read and nothing came twice."""
        return self.readable and not self.repeated

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
