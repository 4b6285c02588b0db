"""Terms of use and privacy policies, which managed login links to; the pages here link to none."""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found
from fastapi_cognito_auth.local.login_branding import Terms
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane

_MOST: Final = 60
_ADDRESS: Final = re.compile(r"https?://[^/]")


def _check_links(links: Mapping[str, str]) -> None:
    if not links:
        raise invalid_parameter("Links holds one address at least")
    if not all(_ADDRESS.match(link) for link in links.values()):
        raise invalid_parameter("Links holds what is no address of a page")


def _check_free(plane: Plane, client_id: str, name: str) -> None:
    if _find(plane, client_id, name) is not None:
        msg = f"The app client has terms of the name {name} already"
        raise ServiceError("TermsExistsException", msg)


def _find(plane: Plane, client_id: str, name: str) -> Terms | None:
    held = plane.directory.terms.values()
    return next((terms for terms in held if (terms.client_id, terms.name) == (client_id, name)), None)


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    client_id, name = plane.directory.client_record(params["ClientId"]).id, params["TermsName"]
    links: Mapping[str, str] = params.get("Links") or {}
    _check_links(links)
    _check_free(plane, client_id, name)
    now = plane.clock()
    terms = Terms(
        id=str(uuid.uuid4()),
        client_id=client_id,
        name=name,
        source=params["TermsSource"],
        enforcement=params["Enforcement"],
        links=links,
        created_at=now,
        modified_at=now,
    )
    plane.directory.terms[terms.id] = terms
    return _answer(plane, terms)


def _answer(plane: Plane, terms: Terms) -> Result:
    return {"Terms": terms.describe(plane.directory.pool_id)}


def _own(plane: Plane, params: Mapping[str, Any]) -> Terms:
    terms = plane.directory.terms.get(params["TermsId"])
    if terms is None:
        raise not_found("Terms do not exist.")
    return terms


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    terms = _own(plane, params)
    links: Mapping[str, str] = params.get("Links", terms.links)
    name: str = params.get("TermsName", terms.name)
    _check_links(links)
    if name != terms.name:
        _check_free(plane, terms.client_id, name)
    terms.name, terms.links = name, links
    terms.modified_at = plane.clock()
    return _answer(plane, terms)


def _describe(plane: Plane, params: dict[str, Any]) -> Result:
    return _answer(plane, _own(plane, params))


def _describe_by_client(plane: Plane, params: dict[str, Any]) -> Result:
    client_id = plane.directory.client_record(params["ClientId"]).id
    terms = _find(plane, client_id, params["TermsName"])
    if terms is None:
        raise not_found("Terms do not exist.")
    return _answer(plane, terms)


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    del plane.directory.terms[_own(plane, params).id]
    return {}


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    shown, following = page(
        [*plane.directory.terms.values()],
        of="terms",
        limit=params.get("MaxResults") or _MOST,
        token=params.get("NextToken"),
    )
    return {"Terms": [terms.summary() for terms in shown]} | ({"NextToken": following} if following else {})


OPERATIONS: Final = {
    "CreateTerms": _create,
    "UpdateTerms": _update,
    "DescribeTerms": _describe,
    "DescribeTermsByClient": _describe_by_client,
    "DeleteTerms": _delete,
    "ListTerms": _list,
}
