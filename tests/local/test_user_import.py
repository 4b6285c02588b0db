"""User import jobs: a file is put at the address of its job, and each row becomes a user or is refused."""

import logging
import re
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import ServiceError, import_file, import_router
from fastapi_cognito_auth.local.emulator import emulator
from tests.local.kit import ALICE, OTHER_PASSWORD, Kit, refused
from tests.older import needs

ROLE = "arn:aws:iam::123456789012:role/logs"
KMS = {"x-amz-server-side-encryption": "aws:kms"}
EVE = {
    "cognito:username": "eve",
    "cognito:mfa_enabled": "false",
    "email": "eve@example.com",
    "email_verified": "true",
}


@pytest.fixture
def kit() -> Kit:
    return Kit(users=(ALICE,), custom_attributes={"tenant": "String"})


@pytest.fixture
def http(kit: Kit) -> TestClient:
    return TestClient(emulator(kit.pool), base_url="http://localhost:9300")


def create(kit: Kit) -> Any:
    return kit.aws.create_user_import_job(
        UserPoolId=kit.pool_id, JobName="people", CloudWatchLogsRoleArn=ROLE
    )["UserImportJob"]


def columns(kit: Kit) -> list[str]:
    names: list[str] = kit.aws.get_csv_header(UserPoolId=kit.pool_id)["CSVHeader"]
    return names


def file_of(kit: Kit, *rows: dict[str, str]) -> bytes:
    names = columns(kit)
    lines = [",".join(row.get(name, "").replace(",", "\\,") for name in names) for row in rows]
    return "\n".join([",".join(names), *lines, ""]).encode()


def put(http: TestClient, address: str, content: bytes, headers: Any = KMS) -> httpx2.Response:
    path = address.removeprefix("http://localhost:9229")
    return http.put(path, content=content, headers=headers)


def start(kit: Kit, job: Any) -> Any:
    return kit.aws.start_user_import_job(UserPoolId=kit.pool_id, JobId=job["JobId"])["UserImportJob"]


def describe(kit: Kit, job: Any) -> Any:
    return kit.aws.describe_user_import_job(UserPoolId=kit.pool_id, JobId=job["JobId"])["UserImportJob"]


def run(kit: Kit, content: bytes) -> Any:
    """Import a file without HTTP."""
    job = create(kit)
    signature = job["PreSignedUrl"].rpartition("=")[2]
    kit.pool.import_upload(kit.pool_id, job["JobId"], signature)(content)
    return start(kit, job)


def counts(job: Any) -> tuple[int, int, int]:
    return job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]


def test_a_file_becomes_users_who_set_a_password_first(kit: Kit, http: TestClient) -> None:
    job = create(kit)
    assert job["Status"] == "Created"
    assert re.fullmatch("import-[A-Za-z0-9]{10}", job["JobId"])
    answer = put(http, job["PreSignedUrl"], file_of(kit, EVE | {"custom:tenant": "acme"}))
    assert answer.status_code == 200
    ended = start(kit, job)
    assert (ended["Status"], counts(ended)) == ("Succeeded", (1, 0, 0))
    assert describe(kit, job) == ended
    user = kit.admin("AdminGetUser", "eve")
    held = {pair["Name"]: pair["Value"] for pair in user["UserAttributes"]}
    assert user["UserStatus"] == "RESET_REQUIRED"
    assert (held["email_verified"], held["custom:tenant"]) == ("true", "acme")
    with refused("NotAuthorizedException"):
        kit.password("eve", OTHER_PASSWORD)
    kit.aws.forgot_password(ClientId=kit.id, Username="eve")
    kit.aws.confirm_forgot_password(
        ClientId=kit.id,
        Username="eve",
        ConfirmationCode=kit.code("eve", "forgot_password"),
        Password=OTHER_PASSWORD,
    )
    assert kit.tokens("eve", OTHER_PASSWORD)


def test_the_header_names_every_attribute_but_sub(kit: Kit) -> None:
    assert columns(kit) == [
        "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile",
        "picture", "website", "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale",
        "phone_number", "phone_number_verified", "address", "updated_at", "custom:tenant",
        "cognito:mfa_enabled", "cognito:username",
    ]  # fmt: skip


def test_who_is_there_is_skipped_and_what_is_no_user_fails(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fastapi_cognito_auth.local.user_import")
    rows = [
        EVE,
        EVE | {"email": "other@example.com"},
        EVE | {"cognito:username": "alice"},
        EVE | {"cognito:username": "a b"},
        EVE | {"cognito:username": "frank", "email": "no address"},
        EVE | {"cognito:username": "grace", "email_verified": "false"},
    ]
    ended = run(kit, file_of(kit, *rows))
    assert counts(ended) == (1, 2, 3)
    told = [record.getMessage().removeprefix(ended["JobId"]) for record in caplog.records]
    assert [line.partition(":")[0] for line in told[:-1]] == [
        " [SKIPPED] line 3",
        " [SKIPPED] line 4",
        " [FAILED] line 5",
        " [FAILED] line 6",
        " [FAILED] line 7",
    ]
    assert "no address" not in caplog.text
    assert "grace" not in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"cognito:mfa_enabled": "yes"},
        {"email_verified": "maybe"},
        {"email": ""},
        {"email_verified": ""},
        {"updated_at": "yesterday"},
        {"birthdate": "1985-02-01"},
        {"birthdate": "02/30/1985"},
        {"name": "x" * 16_000},
        {"name": "x" * 3000},
        {"cognito:username": ""},
        {"cognito:username": "x" * 129},
        {"name": "a\0b"},
    ],
)
def test_a_row_that_is_none_of_a_user_fails_alone(kit: Kit, wrong: dict[str, str]) -> None:
    ended = run(kit, file_of(kit, EVE | wrong, EVE | {"cognito:username": "frank"}))
    assert (ended["Status"], counts(ended)) == ("Succeeded", (1, 0, 1))


def test_what_is_in_a_row_is_what_the_user_has(kit: Kit) -> None:
    told = {
        "name": "Lovelace, Ada",
        "nickname": 'the "first"',
        "given_name": "  Ada\t",
        "family_name": "Love\\lace",
        "birthdate": "02/01/1985",
        "updated_at": "1471453471",
        "email_verified": "TRUE",
    }
    assert counts(run(kit, file_of(kit, EVE | told))) == (1, 0, 0)
    held = {pair["Name"]: pair["Value"] for pair in kit.admin("AdminGetUser", "eve")["UserAttributes"]}
    assert held.items() >= (told | {"given_name": "Ada", "birthdate": "1985-02-01"}).items() - {
        ("email_verified", "TRUE")
    }


def test_a_line_is_a_row_and_quotes_enclose_nothing(kit: Kit) -> None:
    quoted = file_of(kit, EVE | {"name": "NAME"}).replace(b"NAME", b'"Lovelace, Ada"')
    assert counts(run(kit, quoted)) == (0, 0, 1)
    broken = file_of(kit, EVE | {"nickname": "Ada\r\nLovelace"})
    assert counts(run(kit, broken)) == (0, 0, 2)


def test_lines_are_counted_as_in_the_file(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "fastapi_cognito_auth.local.user_import")
    head, row, end = file_of(kit, EVE | {"email": "none"}).split(b"\n")
    run(kit, b"\r\n".join([head, b"", row, end]))
    assert "[FAILED] line 3:" in caplog.text


@pytest.mark.parametrize(
    ("mails", "outcome"),
    [
        (["none"], ("Failed", "Too many users have failed or been skipped during the import.")),
        (["e@f.g", "none"], ("Succeeded", "Import Job Completed Successfully.")),
        (
            ["e@f.g", "none", "none"],
            ("Failed", "Too many users have failed or been skipped during the import."),
        ),
        ([], ("Succeeded", "Import Job Completed Successfully.")),
    ],
    ids=["none of one", "one of two", "one of three", "nobody"],
)
def test_a_job_with_more_faults_than_users_has_failed(
    kit: Kit, mails: list[str], outcome: tuple[str, str]
) -> None:
    rows = [EVE | {"cognito:username": f"user{at}", "email": mail} for at, mail in enumerate(mails)]
    ended = run(kit, file_of(kit, *rows))
    assert (ended["Status"], ended["CompletionMessage"]) == outcome


def test_no_job_starts_in_a_pool_that_verifies_nothing(kit: Kit) -> None:
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, AutoVerifiedAttributes=[])
    with refused("PreconditionNotMetException"):
        run(kit, file_of(kit, EVE))


def test_who_can_sign_in_with_a_code_has_no_password_to_set(kit: Kit) -> None:
    kit = Kit(users=(), allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    frank = {"cognito:username": "frank", "phone_number": "+15550001", "phone_number_verified": "true"}
    assert counts(run(kit, file_of(kit, EVE, frank))) == (2, 0, 0)
    assert kit.admin("AdminGetUser", "eve")["UserStatus"] == "CONFIRMED"
    assert kit.admin("AdminGetUser", "frank")["UserStatus"] == "RESET_REQUIRED"
    with refused("NotAuthorizedException"):
        kit.password("eve", OTHER_PASSWORD)
    challenge = kit.aws.initiate_auth(
        ClientId=kit.id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "eve", "PREFERRED_CHALLENGE": "EMAIL_OTP"},
    )
    assert challenge["ChallengeName"] == "EMAIL_OTP"


def test_an_alias_that_is_anothers_fails() -> None:
    kit = Kit(users=(ALICE,), alias_attributes=["email"])
    ended = run(kit, file_of(kit, EVE | {"email": "alice@example.com"}))
    assert counts(ended) == (0, 0, 1)


def test_a_second_factor_is_switched_on_where_the_row_says_so() -> None:
    kit = Kit(users=())
    row = EVE | {"cognito:mfa_enabled": "true", "phone_number": "+15550001", "phone_number_verified": "true"}
    assert counts(run(kit, file_of(kit, row))) == (1, 0, 0)
    assert kit.admin("AdminGetUser", "eve")["UserMFASettingList"] == ["SMS_MFA"]


@pytest.mark.parametrize(("mfa", "said"), [("ON", "true"), ("ON", ""), ("OFF", "false"), ("OFF", "")])
def test_who_has_no_phone_is_imported_whatever_the_pool_demands(mfa: Any, said: str) -> None:
    kit = Kit(users=(), mfa=mfa)
    assert counts(run(kit, file_of(kit, EVE | {"cognito:mfa_enabled": said}))) == (1, 0, 0)


def test_a_row_that_says_nothing_of_second_factors_has_what_the_pool_demands() -> None:
    kit = Kit(users=(), mfa="ON")
    row = EVE | {"cognito:mfa_enabled": "", "phone_number": "+15550001"}
    assert counts(run(kit, file_of(kit, row))) == (1, 0, 0)
    assert kit.admin("AdminGetUser", "eve")["UserMFASettingList"] == ["SMS_MFA"]


@pytest.mark.parametrize(("mfa", "said"), [("ON", "false"), ("OFF", "true")])
def test_rows_say_of_second_factors_what_the_pool_demands(mfa: Any, said: str) -> None:
    kit = Kit(users=(), mfa=mfa)
    row = EVE | {"cognito:mfa_enabled": said, "phone_number": "+15550001"}
    assert counts(run(kit, file_of(kit, row))) == (0, 0, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The header is not that of the user pool."),
        (b"name,email\r\nEve,eve@example.com\r\n", "The header is not that of the user pool."),
        (b"\xff\xfe", "The file is no text in UTF-8."),
    ],
)
def test_a_file_that_is_none_of_users_fails_as_a_whole(kit: Kit, content: bytes, message: str) -> None:
    ended = run(kit, content)
    assert (ended["Status"], ended["CompletionMessage"]) == ("Failed", message)
    assert counts(ended) == (0, 0, 0)


def test_nobody_is_imported_of_a_file_whose_end_cannot_be_read(kit: Kit) -> None:
    ended = run(kit, file_of(kit, EVE) + b"half a row\xff")
    assert ended["Status"] == "Failed"
    with pytest.raises(ServiceError, match="UserNotFoundException"):
        kit.admin("AdminGetUser", "eve")


def test_a_byte_order_mark_is_none_of_the_header(kit: Kit) -> None:
    assert run(kit, b"\xef\xbb\xbf" + file_of(kit, EVE))["Status"] == "Failed"


def test_columns_come_in_any_order(kit: Kit) -> None:
    names = columns(kit)[::-1]
    rows = [",".join(names), ",".join(EVE.get(name, "") for name in names)]
    assert counts(run(kit, "\n".join(rows).encode())) == (1, 0, 0)


def test_too_many_rows_are_refused(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "MOST_ROWS", 1)
    ended = run(kit, file_of(kit, EVE, EVE))
    assert (ended["Status"], ended["CompletionMessage"]) == ("Failed", "The file has too many rows.")


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_hostile_file_is_answered_and_imports_what_it_says_or_nothing(noise: bytes, place: int) -> None:
    kit = Kit(users=())
    content = file_of(kit, EVE)
    ended = run(kit, content[:place] + noise + content[place:])
    assert ended["Status"] in {"Failed", "Succeeded"}
    assert kit.pool._plane.directory.find("eve") is None or counts(ended)[0] == 1


def test_nobody_puts_a_file_without_the_address(kit: Kit, http: TestClient) -> None:
    job, other = create(kit), create(kit)
    address = job["PreSignedUrl"]
    for wrong in (
        address[:-1],
        address.partition("?")[0],
        address.replace(job["JobId"], other["JobId"]),
        address.replace(job["JobId"], "import-0"),
        address.replace(kit.pool_id, "us-east-1_other"),
    ):
        assert put(http, wrong, b"").status_code == 403
    assert put(http, address, b"", headers={}).status_code == 403
    with refused("PreconditionNotMetException", f"No csv file was uploaded for {job['JobId']}"):
        start(kit, job)


def test_an_address_is_good_for_a_quarter_of_an_hour(kit: Kit, http: TestClient) -> None:
    job = create(kit)
    kit.clock.advance(15 * 60)
    assert put(http, job["PreSignedUrl"], b"").status_code == 403


def test_a_file_of_unknown_length_is_refused(kit: Kit, http: TestClient) -> None:
    job = create(kit)
    assert put(http, job["PreSignedUrl"], iter([b"x"])).status_code == 411  # type: ignore[arg-type]


def test_a_file_that_is_too_large_is_refused(
    kit: Kit, http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_router, "LARGEST_FILE", 10)
    job = create(kit)
    assert put(http, job["PreSignedUrl"], b"x" * 11).status_code == 400
    assert import_file.LARGEST_FILE == 100 * 1024 * 1024


def test_the_address_is_where_the_emulator_was_reached(kit: Kit, http: TestClient) -> None:
    answer = http.post(
        "/",
        json={"UserPoolId": kit.pool_id, "JobName": "people", "CloudWatchLogsRoleArn": ROLE},
        headers={"x-amz-target": "AWSCognitoIdentityProviderService.CreateUserImportJob"},
    )
    address = answer.json()["UserImportJob"]["PreSignedUrl"]
    assert address.startswith(f"http://localhost:9300/{kit.pool_id}/user-import/import-")
    assert http.put(address, content=b"", headers=KMS).status_code == 200


@pytest.mark.parametrize(
    ("issuer", "base"),
    [
        (None, "http://localhost:9229"),
        ("http://pools.example:9229/eu-central-1_Local", "http://pools.example:9229"),
        ("https://tokens.example", "http://localhost:9229"),
    ],
)
def test_no_address_is_one_of_aws(issuer: str | None, base: str) -> None:
    kit = Kit(issuer=issuer, user_pool_id="eu-central-1_Local")
    assert create(kit)["PreSignedUrl"].startswith(f"{base}/eu-central-1_Local/user-import/")


def test_the_app_takes_a_file_beside_its_own_routes(kit: Kit) -> None:
    app = FastAPI()
    app.include_router(CognitoAuth.local(kit.pool).local_router, prefix="/local")
    path = create(kit)["PreSignedUrl"].removeprefix("http://localhost:9229")
    assert TestClient(app).put(f"/local{path}", content=b"", headers=KMS).status_code == 200


def test_a_job_runs_once(kit: Kit) -> None:
    ended = run(kit, file_of(kit, EVE))
    with refused("PreconditionNotMetException"):
        start(kit, ended)
    with refused("PreconditionNotMetException"):
        kit.aws.stop_user_import_job(UserPoolId=kit.pool_id, JobId=ended["JobId"])
    signature = ended["PreSignedUrl"].rpartition("=")[2]
    with pytest.raises(ServiceError, match="Access Denied"):
        kit.pool.import_upload(kit.pool_id, ended["JobId"], signature)


def test_a_job_that_nobody_starts_is_over_after_a_day(kit: Kit) -> None:
    job = create(kit)
    kit.clock.advance(24 * 3600)
    described = describe(kit, job)
    assert (described["Status"], described["CompletionMessage"]) == (
        "Expired",
        "The user import job has expired.",
    )
    assert "CompletionDate" in described
    with refused("PreconditionNotMetException"):
        start(kit, job)


def test_jobs_are_listed_with_the_newest_first(kit: Kit) -> None:
    jobs = [create(kit)["JobId"] for _ in range(3)]
    first = kit.aws.list_user_import_jobs(UserPoolId=kit.pool_id, MaxResults=2)
    rest = kit.aws.list_user_import_jobs(
        UserPoolId=kit.pool_id, MaxResults=2, PaginationToken=first["PaginationToken"]
    )
    listed = [job["JobId"] for job in first["UserImportJobs"] + rest["UserImportJobs"]]
    assert listed == jobs[::-1]


def test_a_pool_has_fifty_jobs_and_the_oldest_that_is_over_makes_way(kit: Kit) -> None:
    ended = run(kit, b"")
    waiting = [create(kit) for _ in range(50)]
    with refused("ResourceNotFoundException"):
        describe(kit, ended)
    with refused("LimitExceededException"):
        create(kit)
    kit.clock.advance(24 * 3600)
    create(kit)
    with refused("ResourceNotFoundException"):
        describe(kit, waiting[0])


@needs("CreateUserImportJob", "PasswordHashingAlgorithm")
def test_password_hashes_are_not_imported(kit: Kit) -> None:
    with pytest.raises(ServiceError, match="InvalidParameterException"):
        kit.pool.call(
            "CreateUserImportJob",
            {
                "UserPoolId": kit.pool_id,
                "JobName": "people",
                "CloudWatchLogsRoleArn": ROLE,
                "PasswordHashingAlgorithm": "BCRYPT",
            },
        )


def test_a_jobs_address_and_file_are_in_no_text_about_it(kit: Kit) -> None:
    job = create(kit)
    assert job["PreSignedUrl"].rpartition("=")[2] not in repr(kit.pool._plane.directory.import_jobs)
