"""The authentication plane: the parts that the operations share."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi_cognito_auth.local import delivery, recovery
from fastapi_cognito_auth.local.codes import Codes, Limits
from fastapi_cognito_auth.local.custom_message import INVITATION, Wording, word
from fastapi_cognito_auth.local.devices import Devices
from fastapi_cognito_auth.local.directory import Directory
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter
from fastapi_cognito_auth.local.lambda_config import Calls
from fastapi_cognito_auth.local.lockout import Lockout
from fastapi_cognito_auth.local.mfa import EMAIL, SMS, FactorStore
from fastapi_cognito_auth.local.outbox import Message, Outbox
from fastapi_cognito_auth.local.passkeys import Passkeys
from fastapi_cognito_auth.local.passwords import HISTORY_SIZE, Passwords, check_policy
from fastapi_cognito_auth.local.sessions import Sessions
from fastapi_cognito_auth.local.srp_server import Handshakes
from fastapi_cognito_auth.local.state.history import History
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.local.tokens import Tokens
from fastapi_cognito_auth.local.triggers import Caller, Triggers
from fastapi_cognito_auth.local.users import User

_OCCASIONS: Final = {
    "sign_up": "SignUp",
    "resend": "ResendCode",
    "forgot_password": "ForgotPassword",
    "admin_reset_password": "ForgotPassword",
    "admin_create_user": INVITATION,
    "verify_user_attribute": "VerifyUserAttribute",
} | dict.fromkeys(("sms_mfa", "email_mfa", "sms_otp", "email_otp"), "Authentication")
"""The second half of a custom message event's triggerSource, by the purpose of the message."""


@dataclass(frozen=True, kw_only=True)
class Plane:
    """What an operation works on; all state is in these parts."""

    clock: Callable[[], float]
    shelf: Shelf
    history: History
    """Of users' data."""
    directory: Directory
    passwords: Passwords
    handshakes: Handshakes
    sessions: Sessions
    codes: Codes
    limits: Limits
    lockout: Lockout
    factors: FactorStore
    devices: Devices
    passkeys: Passkeys
    tokens: Tokens
    outbox: Outbox
    calls: Calls

    @property
    def triggers(self) -> Triggers:
        """What the pool calls now."""
        return self.calls.triggers(self.directory.config["LambdaConfig"])

    def send(
        self,
        user: User,
        purpose: str,
        attribute: str,
        code: str,
        caller: Caller,
        *,
        destination: str | None = None,
        occasion: str | None = None,
    ) -> dict[str, str]:
        """Put a code in the outbox.

        Args:
            user: who gets it.
            purpose: the message's.
            attribute: which it goes to.
            code: in it.
            caller: whose request led to it.
            destination: where it goes; by default where the user's attribute says.
            occasion: what the custom message trigger knows it as; by default what the purpose stands for.

        Returns:
            CodeDeliveryDetails.

        Raises:
            ServiceError: the refusal of the custom message trigger.
        """
        destination = user.attributes[attribute] if destination is None else destination
        medium = delivery.medium(attribute)
        occasion = occasion or _OCCASIONS.get(purpose)
        wording = Wording()
        if occasion is not None:
            wording = word(
                self.triggers.custom_message,
                occasion,
                user,
                caller,
                pool_id=self.directory.pool_id,
                medium=medium,
                code=code,
            )
        self.outbox.put(
            Message(
                user_pool_id=self.directory.pool_id,
                username=user.username,
                destination=destination,
                medium=medium,
                purpose=purpose,
                code=code,
                sent_at=datetime.fromtimestamp(self.clock(), UTC),
                subject=wording.subject,
                text=wording.text,
            )
        )
        return delivery.details(attribute, destination)

    def simulate_delivery(self, username: str, attribute: str = "") -> dict[str, str]:
        """Return CodeDeliveryDetails for a user who does not exist or cannot be reached."""
        return delivery.simulated_details(username, self.decoy_bytes("contact", username), attribute)

    def decoy_identity(self, username: str) -> str:
        """Return the UUID that stands for a name nobody has."""
        return str(uuid.UUID(bytes=self.decoy_bytes("identity", username)[:16], version=4))

    def decoy_bytes(self, purpose: str, username: str) -> bytes:
        """Derive 32 bytes that look random and are the same each time for a name that nobody has."""
        return self.passwords.decoy_bytes(purpose, self.directory.fold(username))

    def recovery_contact(self, user: User) -> tuple[str, str] | None:
        """Return where a reset code may go."""
        enabled = self.factors.of(user.sub).enabled
        second = {name for factor, name in ((SMS, "phone_number"), (EMAIL, "email")) if factor in enabled}
        order = recovery.contacts(self.directory.config)
        return delivery.verified_contact(user.attributes, order, skip=second)

    def count_key(self, user: User | None, username: str) -> str:
        """Return what requests and guesses count for: a user, or a name that nobody has."""
        return f"nobody:{self.directory.fold(username)}" if user is None else user.sub

    @contextmanager
    def counting_guesses(self, key: str) -> Iterator[None]:
        """Slow down guessing at a second factor as guessing at a password is."""
        self.lockout.check(key)
        try:
            yield
        except ServiceError:
            self.lockout.fail(key)
            raise
        self.lockout.clear(key)

    def name_user(self, username: str, given: Mapping[str, str]) -> tuple[str | None, dict[str, str]]:
        """Apply the pool's rules on names to a new user.

        Returns:
            The Username (None where it is generated) and the attributes.
        """
        kind = delivery.kind_of_name(username)
        username_attributes = self.directory.config.get("UsernameAttributes") or ()
        aliases = self.directory.config.get("AliasAttributes") or ()
        if not username_attributes:
            if kind in aliases:
                what = {"email": "email", "phone_number": "phone number"}[kind]
                msg = f"Username cannot be of {what} format, since user pool is configured for {what} alias."
                raise invalid_parameter(msg)
            return username, dict(given)
        if kind not in username_attributes:
            what = {("email",): "an email", ("phone_number",): "a phone number"}.get(
                tuple(username_attributes), "either an email or a phone number"
            )
            msg = f"Username should be {what}."
            raise invalid_parameter(msg)
        if given.get(kind, username) != username:
            what = {"email": "email", "phone_number": "phone number"}[kind]
            msg = f"User {what} should be empty or same as username, since username attribute is {kind}."
            raise invalid_parameter(msg)
        return None, {**given, kind: username}

    def check_new_name(
        self, username: str, attributes: Mapping[str, str], *, duplicate: str, by_attribute: bool
    ) -> None:
        """Refuse a name that somebody signs in with already.

        Args:
            username: as submitted.
            attributes: of the new user.
            duplicate: the refusal.
            by_attribute: whether the refusal names the username attribute that is taken.
        """
        for name in self.directory.config.get("UsernameAttributes") or ():
            if attributes.get(name) and self.directory.find(attributes[name]) is not None:
                text = f"An account with the given {name} already exists." if by_attribute else duplicate
                raise ServiceError("UsernameExistsException", text)
        # A Username that is another user's sub or alias would shadow that user.
        if self.directory.find(username) is not None:
            raise ServiceError("UsernameExistsException", duplicate)

    def check_unique(
        self, changes: Mapping[str, str], user: User | None, *, force: bool = False, confirmed: bool = True
    ) -> None:
        """Refuse a sign-in name that another user holds.

        Args:
            changes: attributes that the user is about to have.
            user: who is about to have them; None for one who is being added.
            force: takes an alias away from its holder.
            confirmed: whether the user is confirmed by then; until then nobody holds a preferred_username.
        """
        config = self.directory.config
        for name in config.get("UsernameAttributes") or ():
            other = self.directory.find(changes[name]) if changes.get(name) else None
            if _is_another(other, user):
                raise _alias_exists(name)
        held = ({} if user is None else user.attributes) | dict(changes)
        for name in config.get("AliasAttributes") or ():
            flag = f"{name}_verified" if name in delivery.REACHABLE else ""
            becomes_usable = held.get(flag) == "true" if flag else confirmed
            if not held.get(name) or not becomes_usable or not {name, flag} & changes.keys():
                continue
            if not flag and _is_another(self.directory.find(held[name]), user):
                # It is chosen freely, so it must not be any other name of anybody else.
                raise _alias_exists(name)
            other = self.directory.holder(name, held[name])
            if other is None or not _is_another(other, user):
                continue
            if not force or not flag:
                raise _alias_exists(name)
            self.directory.change(other, {flag: "false"})

    def check_confirmable(
        self, user: User, proven: Mapping[str, str] | None = None, *, force: bool = False
    ) -> None:
        """Refuse to confirm a user while another holds an alias that would become this one's.

        Until then an alias is nobody's: the first who is confirmed with it gets it.

        Args:
            user: who is being confirmed.
            proven: attributes that the confirmation verifies.
            force: takes a verified alias away from its holder.
        """
        name = user.attributes.get("preferred_username")
        own = {"preferred_username": name} if name else {}
        self.check_unique(own | dict(proven or {}), user, force=force)

    def update_attributes(self, user: User, changes: Mapping[str, str]) -> None:
        """Store changes; a new email or phone number is unverified unless the change says otherwise."""
        changes = dict(changes)
        for name in delivery.REACHABLE:
            if name in changes:
                # An older request to change it is overtaken.
                self.codes.discard((f"change_{name}", user.sub))
            if name in changes and changes[name] != user.attributes.get(name):
                changes.setdefault(f"{name}_verified", "false" if changes[name] else "")
        self.directory.change(user, changes)

    def check_new_password(self, user: User, password: str) -> None:
        """Hold a password that a user is about to have against the pool's policy and the user's last ones.

        Raises:
            ServiceError: it breaks a rule, or was the user's.
        """
        policy = self.directory.password_policy
        check_policy(password, policy)
        size = int(policy.get(HISTORY_SIZE, 0))
        if self.passwords.was_used(user.sub, user.username, password, size):
            raise ServiceError("PasswordHistoryPolicyViolationException", "Password has previously been used")

    def set_password(self, user: User, password: str, *, temporary: bool = False) -> None:
        """Replace a password. Steps and codes that the old one opened are closed."""
        self.directory.check_writable()
        policy = self.directory.password_policy
        days = int(policy.get("TemporaryPasswordValidityDays", 7)) if temporary else None
        remembered = int(policy.get(HISTORY_SIZE, 0))
        self.passwords.set(user.sub, user.username, password, valid_days=days, remembered=remembered)
        self.directory.change(user, status="FORCE_CHANGE_PASSWORD" if temporary else "CONFIRMED")
        self.sessions.drop(user.sub)
        self.codes.discard(("reset", user.sub))
        self.lockout.clear(user.sub)

    def sign_out(self, user: User) -> None:
        """End every grant and every open step of a user."""
        self.tokens.revoke_all(user.sub)
        self.sessions.drop(user.sub)

    def forget(self, user: User) -> None:
        """Drop what the plane holds of a user who is being deleted."""
        self.sign_out(user)
        self.passwords.forget(user.sub)
        self.factors.forget(user.sub)
        self.devices.forget_user(user.sub)
        self.passkeys.forget_user(user.sub)
        self.directory.auth_histories.pop(user.sub, None)
        contacts = (f"{step}_{name}" for step in ("verify", "change") for name in delivery.REACHABLE)
        for kind in ("sign_up", "reset", *contacts):
            self.codes.discard((kind, user.sub))


def _is_another(other: User | None, user: User | None) -> bool:
    return other is not None and (user is None or other.sub != user.sub)


def _alias_exists(name: str) -> ServiceError:
    return ServiceError("AliasExistsException", f"An account with the {name} already exists.")
