"""The pool, keys and tokens that all contestants get, as files; reads with the standard library alone."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any


class Material:
    """A directory of files that `benchmarks.signing` wrote."""

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory)

    @cached_property
    def pool(self) -> dict[str, str]:
        """`user_pool_id`, `client_id`, `issuer`, `region`."""
        found: dict[str, str] = json.loads((self.directory / "pool.json").read_text())
        return found

    @property
    def jwks_path(self) -> Path:
        """The key set."""
        return self.directory / "jwks.json"

    @cached_property
    def jwks(self) -> dict[str, Any]:
        """The key set, parsed."""
        found: dict[str, Any] = json.loads(self.jwks_path.read_text())
        return found

    @cached_property
    def tokens(self) -> list[str]:
        """Access tokens, each with identifiers of its own."""
        return (self.directory / "tokens.txt").read_text().split()
