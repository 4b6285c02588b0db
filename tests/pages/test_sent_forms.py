"""Forms as browsers do not send them: whatever comes is answered with a page."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.pages.admin_kit import Office
from tests.pages.kit import HOME, Page

TRANSFER, SIGN_IN, SIGN_OUT = "/account/admin/transfer", "/account/sign-in", "/account/sign-out"
ODD_BODY = (
    b'--x\r\nContent-Disposition: form-data; name="invite"\r\n\r\n\xff\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="u.csv"\r\n\r\nusername\r\n--x--\r\n'
)
CHARSETS = ("undefined", "idna", "punycode", "utf-16", "utf-7", "rot13", "base64", "unheard-of", '"')
PIECES = st.sampled_from(
    [
        *(
            b"--x",
            b"--x--",
            b"\r\n",
            b"\r\n\r\n",
            b"x",
            b"=",
            b"&",
            b"%",
            b"%ff",
            b"\xff",
            b"\x00",
            b"\xed\xa0\x80",
        ),
        *(b"Content-Disposition: form-data; ", b'name="username"', b'; filename="f"', b'name="file"'),
        *(
            b"name*=punycode''%ff",
            b"name*=idna''%ff",
            b"; name*0*=undefined''a%ff",
            b"username",
            b"_charset_",
        ),
    ]
)


@pytest.fixture(scope="module")
def office() -> Office:
    return Office()


def sent(office: Office, path: str, body: bytes, kind: str) -> Page:
    headers = [(b"Content-Type", kind.encode("latin-1")), (b"Origin", HOME.encode())]
    return Page(office.http.post(path, content=body, headers=headers))


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_file_is_read_as_utf_8_whatever_the_form_says_it_is(office: Office, charset: str) -> None:
    page = sent(office, TRANSFER, ODD_BODY, f"multipart/form-data; boundary=x; charset={charset}")
    assert (page.status, page.problem) == (
        422,
        "This is no CSV file with a column username. Check its first line.",
    )


@pytest.mark.parametrize("path", [TRANSFER, SIGN_IN, SIGN_OUT])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", ODD_BODY),
        ('multipart/form-data; boundary=""', ODD_BODY),
        ("multipart/form-data; boundary=\xff", ODD_BODY),
        ("multipart/form-data; boundary=" + "x" * 200, ODD_BODY),
        ("multipart/form-data; boundary=x", b"--y\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"),
        (
            "multipart/form-data; boundary=x",
            b"".join(
                b'--x\r\nContent-Disposition: form-data; name="%d"; filename="f"\r\n\r\n1\r\n' % at
                for at in range(3)
            )
            + b"--x--\r\n",
        ),
    ],
)
def test_what_is_no_form_is_refused_by_a_page(office: Office, path: str, kind: str, body: bytes) -> None:
    page = sent(office, path, body, kind)
    assert (page.status, page.heading) == (422, "That did not work")


@given(
    path=st.sampled_from([TRANSFER, SIGN_IN]),
    kind=st.sampled_from(
        [
            "multipart/form-data; boundary=x",
            "multipart/form-data; boundary*=punycode''%ff",
            "Multipart/Form-Data ; Boundary=x",
            "application/x-www-form-urlencoded",
            "text/plain",
        ]
    ),
    more=st.sampled_from(["", *(f"; charset={charset}" for charset in CHARSETS), "; charset*=idna''%ff"]),
    pieces=st.lists(PIECES, max_size=12),
)
@example(TRANSFER, "multipart/form-data; boundary=x", "; charset=punycode", [ODD_BODY])
@example(SIGN_IN, "multipart/form-data; boundary=x", "; charset=idna", [ODD_BODY])
@settings(max_examples=100, deadline=None)
def test_no_form_is_a_fault_of_the_app(
    office: Office, path: str, kind: str, more: str, pieces: list[bytes]
) -> None:
    assert sent(office, path, b"".join(pieces), kind + more).status < 500
