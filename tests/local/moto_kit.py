"""Two implementations of the same API side by side: each request goes to both, and the answers are compared.

What a request calls by a number, such as the pool made third, has an id of its own on either side.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import botocore.client
from botocore.exceptions import ClientError

DIFFERENCES: Final = Path(__file__).parent / "moto_differences.json"
NOWHERE: Final = {"UserPoolId": "us-east-1_nowhere", "ClientId": "nobody"}
"""What a number stands for as long as nothing was made."""
MADE_BY: Final = {
    "CreateUserPool": ("UserPoolId", "UserPool", "Id"),
    "CreateUserPoolClient": ("ClientId", "UserPoolClient", "ClientId"),
}
"""What later requests call that which an operation made, and where its answer has it."""
_DRAWN: Final = {"ClientSecret", "NextToken", "PaginationToken", "S3Bucket", "CloudFrontDomain", "Version"}
_ACCOUNT: Final = re.compile(r"(?<=:)\d{12}(?=:|$)")
_NONE: Final = "nothing"


class Step(NamedTuple):
    """A request, with numbers for what has drawn ids."""

    operation: str
    params: dict[str, Any]


class Side:
    """One implementation, and the ids that it drew."""

    def __init__(self, client: botocore.client.BaseClient) -> None:
        self._client = client
        self._made: dict[str, list[str]] = {"UserPoolId": [], "ClientId": []}

    def outcome(self, step: Step) -> dict[str, Any]:
        """Run a request, and return the members of the answer by their paths."""
        params = dict(step.params)
        for name, made in self._made.items():
            if name in params:
                params[name] = made[params[name] % len(made)] if made else NOWHERE[name]
        try:
            answer = self._client._make_api_call(step.operation, params)
        except ClientError as exc:
            return {"refusal": exc.response["Error"]["Code"]}
        except (AttributeError, KeyError, TypeError) as exc:
            # moto's own faults, which it does not make answers of.
            return {"refusal": type(exc).__name__}
        answer.pop("ResponseMetadata")
        if step.operation in MADE_BY:
            name, shape, member = MADE_BY[step.operation]
            self._made[name].append(answer[shape][member])
        return dict(self._members("", answer))

    def _members(self, path: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, Mapping):
            for name, member in value.items():
                below = f"{path}.{name}" if path else name
                yield from self._members(below, "drawn" if name in _DRAWN else member)
        elif isinstance(value, list) and value and all(_is_pair(one) for one in value):
            for one in value:
                yield f"{path}[{one['Name']}]", "drawn" if one["Name"] == "sub" else one["Value"]
        elif isinstance(value, list) and path.endswith("SchemaAttributes"):
            for one in value:
                yield from self._members(f"{path}[{one['Name']}]", one)
        elif isinstance(value, list):
            yield f"{path}.length", len(value)
            for index, one in enumerate(value):
                yield from self._members(f"{path}[{index}]", one)
        else:
            yield path, self._named(value)

    def _named(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return "a moment"
        if isinstance(value, str):
            for name, made in self._made.items():
                for number, drawn in enumerate(made):
                    value = value.replace(drawn, f"{name} {number}")
            return _ACCOUNT.sub("account", value)
        return value


def _is_pair(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"Name", "Value"}


class Difference(NamedTuple):
    """A member that is not the same on both sides."""

    operation: str
    path: str
    here: Any
    there: Any

    @property
    def taken_once(self) -> bool:
        """Whether only one side refused the request."""
        return self.path == "refusal" and _NONE in {self.here, self.there}


def compared(step: Step, here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[Difference]:
    """Hold the answers against each other, member by member; of a refusal only that and its name."""
    if "refusal" in here or "refusal" in there:
        here, there = ({"refusal": side.get("refusal", _NONE)} for side in (here, there))
    for path in sorted({*here, *there}):
        ours, theirs = here.get(path, _NONE), there.get(path, _NONE)
        if ours != theirs:
            yield Difference(step.operation, path, ours, theirs)


class Known:
    """The differences that are known, with the reason of each."""

    def __init__(self) -> None:
        self._entries: list[dict[str, str]] = json.loads(DIFFERENCES.read_text())
        self.seen: set[str] = set()

    @property
    def reasons(self) -> set[str]:
        """All of them."""
        return {entry["reason"] for entry in self._entries}

    def __contains__(self, found: Difference) -> bool:
        for entry in self._entries:
            told = {"here": str(found.here), "there": str(found.there)}
            if (
                re.fullmatch(entry["operation"], found.operation)
                and re.fullmatch(entry["member"], found.path)
                and all(re.fullmatch(entry.get(side, ".*"), text, re.DOTALL) for side, text in told.items())
            ):
                self.seen.add(entry["reason"])
                return True
        return False
