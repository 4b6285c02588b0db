"""The two challenges in which a known device proves its secret, after the user has proven who it is."""

from collections.abc import Mapping

from fastapi_cognito_auth.local.devices import Device, no_such_device
from fastapi_cognito_auth.local.errors import not_authorized
from fastapi_cognito_auth.local.operations import steps
from fastapi_cognito_auth.local.operations.admission import require
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sessions import Session
from fastapi_cognito_auth.local.sign_in import Progress, SignIn
from fastapi_cognito_auth.local.srp_server import canonical_timestamp, decode_signature


def _device(plane: Plane, session: Session, responses: Mapping[str, str]) -> Device:
    """Return the device that the sign-in named; another one cannot take its place."""
    key = require(responses, "DEVICE_KEY")
    began: Progress = session.data["sign_in"]
    if key != began.device_key:
        raise no_such_device()
    return plane.devices.get(session.sub, key)


def begin(plane: Plane, session: Session, sign_in: SignIn, responses: Mapping[str, str]) -> steps.Result:
    """Answer DEVICE_SRP_AUTH with DEVICE_PASSWORD_VERIFIER."""
    device = _device(plane, session, responses)
    given = plane.devices.handshakes.start(
        sign_in.client,
        require(responses, "SRP_A"),
        sub=device.sub,
        key=device.key,
        identity=device.key,
        verifier=device.verifier,
    )
    block = given["SECRET_BLOCK"]
    parameters = {
        "SALT": given["SALT"],
        "SRP_B": given["SRP_B"],
        "SECRET_BLOCK": block,
        "DEVICE_KEY": device.key,
        "USERNAME": sign_in.user.username,
    }
    session.used = True
    return steps.challenge(plane, sign_in, "DEVICE_PASSWORD_VERIFIER", parameters, block=block)


def finish(plane: Plane, session: Session, sign_in: SignIn, responses: Mapping[str, str]) -> steps.Result:
    """Check the device's proof and end the sign-in."""
    device = _device(plane, session, responses)
    names = ("TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK")
    stamp, signature, block = (require(responses, name) for name in names)
    timestamp = canonical_timestamp(stamp)
    proof = decode_signature(signature)
    if block != session.data["block"]:
        raise not_authorized()
    handshake = plane.devices.handshakes.get(block, sign_in.client)
    with plane.counting_guesses(f"device:{device.key}"):
        if not handshake.proves(device.group_key, proof, timestamp):
            raise not_authorized()
    session.used = True
    device.authenticated_at = plane.clock()
    return steps.issue_tokens(plane, sign_in, device_key=device.key)
