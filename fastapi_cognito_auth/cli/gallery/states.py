"""All states of all pages."""

from typing import Final

from fastapi_cognito_auth.cli.gallery.administration import administration
from fastapi_cognito_auth.cli.gallery.getting_in import challenges, signing_in
from fastapi_cognito_auth.cli.gallery.my_account import my_account
from fastapi_cognito_auth.cli.gallery.signing_up import recovery, signing_up
from fastapi_cognito_auth.cli.gallery.state import Group, State

GROUPS: Final[tuple[Group, ...]] = (signing_in, challenges, signing_up, recovery, my_account, administration)
STATES: Final[dict[str, State]] = {state.name: state for group in GROUPS for state in group.states}
