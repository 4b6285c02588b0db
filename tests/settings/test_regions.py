"""The list of Regions, and what is said of one that is not in it."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import botocore
import pytest

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, TrustedPool
from fastapi_cognito_auth.settings.regions import REGIONS, nearest_known
from tests.support import CLIENT_ID, POOL_ID

PARTITIONS: list[dict[str, Any]] = json.loads(
    (Path(botocore.__file__).parent / "data" / "endpoints.json").read_text()
)["partitions"]


def test_every_region_that_botocore_knows_is_known() -> None:
    assert {region for partition in PARTITIONS for region in partition["regions"]} <= REGIONS


def test_every_region_that_is_known_could_be_one() -> None:
    patterns = [partition["regionRegex"] for partition in PARTITIONS]
    assert all(any(re.match(pattern, region) for pattern in patterns) for region in REGIONS)


@pytest.mark.parametrize(
    ("region", "nearest"),
    [("eu-centrall-1", "eu-central-1"), ("ap-suoth-1", "ap-south-1"), ("x", None), ("eu-central-1", None)],
)
def test_the_nearest_region_is_found(region: str, nearest: str | None) -> None:
    found = nearest_known(region)
    assert found in REGIONS if region == "x" else found == nearest


def said(caplog: pytest.LogCaptureFixture, pool_id: str = POOL_ID, **settings: Any) -> str:
    with caplog.at_level(logging.WARNING):
        CognitoAuth(CognitoSettings(user_pool_id=pool_id, client_id=CLIENT_ID, **settings))
    return caplog.text


def test_an_unknown_region_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    text = said(caplog, "eu-centrall-1_Ab12Cd34E")
    assert "COGNITO_USER_POOL_ID: there is no Region eu-centrall-1 that is known" in text
    assert "the nearest is eu-central-1" in text


def test_an_unknown_region_of_a_replica_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    assert "COGNITO_REPLICA_REGION: there is no Region eu-west-9" in said(caplog, replica_region="eu-west-9")


def test_an_unknown_region_of_a_trusted_pool_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    pool = TrustedPool(user_pool_id="eu-west-9_Staff1", client_ids={"a"})
    assert "COGNITO_TRUSTED_POOLS: there is no Region eu-west-9" in said(caplog, trusted_pools=[pool])


def test_a_known_region_is_not_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    assert said(caplog) == ""


def test_an_emulator_has_regions_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    assert said(caplog, "local_Ab12Cd34E", endpoint_url="http://127.0.0.1:9229") == ""


def test_a_local_pool_is_warned_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        CognitoAuth.local()
    assert caplog.text == ""
