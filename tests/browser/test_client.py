"""The client in Chromium, against real pools: every challenge, refreshes, step-up, tabs, and attacks."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.client_kit import Elsewhere, Served, Tab
from tests.browser.kit import by_number, serving
from tests.browser.test_passkeys import with_authenticator
from tests.routers.kit import NEW_PASSWORD, PASSWORD, TEMPORARY

HOUR = 3_700  # seconds: an access token has expired
SIGN_IN = """
  globalThis.auth = new BearerClient("/auth", { account: "/account", ...globalThis.options });
  await auth.signIn({ username, password });
"""
SESSION = """
  globalThis.auth = new SessionClient("/session", { account: "/account", ...globalThis.options });
  await auth.signIn({ username, password });
"""


@pytest.fixture(scope="module")
def served() -> Served:
    return Served()


@pytest.fixture(scope="module")
def address(served: Served) -> Iterator[str]:
    with serving(served) as address:
        yield address


@pytest.fixture(scope="module")
def other() -> Iterator[tuple[Elsewhere, str]]:
    elsewhere = Elsewhere()
    with serving(elsewhere.app) as address:
        yield elsewhere, address


@pytest.fixture
def tab(page: Any, address: str, served: Served) -> Tab:
    served.requests.clear()
    return Tab(page, address)


def signed_in(tab: Tab, how: str = SIGN_IN, username: str = "ada", options: str = "{}") -> Tab:
    tab.run(f"globalThis.options = {options};")
    tab.run(how, username=username, password=PASSWORD)
    return tab


# Signing in.


def test_a_password_signs_in_and_the_requests_of_the_app_are_made_as_the_user(tab: Tab) -> None:
    signed_in(tab)
    assert tab.run("return [await auth.call('GET', '/me'), auth.user.username]") == ["ada", "ada"]


def test_a_cookie_session_has_no_token_where_a_script_could_read_it(tab: Tab) -> None:
    signed_in(tab, SESSION)
    assert tab.run("return await auth.call('POST', '/orders', { tea: 2 })") == 'ada: {"tea":2}'
    seen = tab.run("return JSON.stringify([auth, localStorage, sessionStorage, document.cookie])")
    assert "ey" not in seen


def test_a_wrong_password_is_an_error_with_its_code_and_without_the_password(tab: Tab) -> None:
    told = tab.run(
        """
        const auth = new BearerClient("/auth");
        const error = await auth.signIn({ username: "ada", password }).catch((error) => error);
        const text = `${error} ${error.stack} ${JSON.stringify(error)}`;
        return [error instanceof AuthError, error.code, error.status, text];
        """,
        password="Wrong-secret-1!",
    )
    assert told[:3] == [True, "not_authorized", 401]
    assert "Wrong-secret" not in told[3]


def test_every_question_of_a_new_user_is_put_once_and_again_when_the_answer_is_refused(
    tab: Tab, served: Served
) -> None:
    questions = tab.run(
        """
        const attempt = await new BearerClient("/auth").signIn({ username: "newcomer", password });
        const seen = [];
        for await (const question of attempt) {
          seen.push([question.challenge, question.refusal?.code ?? null]);
          const answer = attempt.answer({ new_password: seen.length === 1 ? "weak" : better });
          if (seen.length === 1) await answer.catch(() => undefined);
          else await answer;
        }
        return [seen, attempt.result.user.username, attempt.question];
        """,
        password=TEMPORARY,
        better=NEW_PASSWORD,
    )
    asked = "NEW_PASSWORD_REQUIRED"
    assert questions == [[[asked, None], [asked, "invalid_password"]], "newcomer", None]


def test_codes_passwords_and_riddles_are_answered_by_a_callback(tab: Tab, served: Served) -> None:
    tab.page.expose_function("code", served.code)
    told = tab.run(
        """
        const ways = {
          EMAIL_OTP: async () => ({ code: await code("ada") }),
          SMS_OTP: async () => ({ code: await code("ada") }),
          PASSWORD: () => ({ password }),
          PASSWORD_SRP: () => ({ password }),
        };
        const seen = [];
        for (const [way, answer] of Object.entries(ways)) {
          const auth = new SessionClient("/session");
          const attempt = await auth.signIn({ username: "ada", auth_flow: "USER_AUTH" });
          const asked = [];
          await attempt.run((question) => {
            asked.push(question.challenge);
            return question.challenge === "SELECT_CHALLENGE" ? { answer: way } : answer();
          });
          seen.push(asked);
        }
        const byTriggers = { username: "ada", password, auth_flow: "CUSTOM_AUTH" };
        const custom = await new BearerClient("/auth").signIn(byTriggers);
        const hints = [];
        const result = await custom.run(({ challenge, parameters }) => {
          hints.push([challenge, parameters.hint]);
          return { answer: hints.length === 1 ? "wrong" : "42" };
        });
        return [seen, hints, result.user.username];
        """,
        password=PASSWORD,
    )
    seen, hints, username = told
    assert [asked[0] for asked in seen] == ["SELECT_CHALLENGE"] * 4
    assert [asked[1] for asked in seen] == ["EMAIL_OTP", "SMS_OTP", "PASSWORD", "PASSWORD_SRP"]
    assert hints == [["CUSTOM_CHALLENGE", "the answer to everything"]] * 2
    assert username == "ada"


SECOND_FACTORS = """
  globalThis.signIn = async (username, password, answers) => {
    const attempt = await new BearerClient("/mfa").signIn({ username, password });
    const asked = [];
    await attempt.run(async (question, attempt) => {
      asked.push(question.challenge);
      if (asked.length > 6) throw new Error(`asked too often: ${asked}`);
      return answers[question.challenge](question.parameters, attempt);
    });
    return asked;
  };
"""


def test_second_factors_are_set_up_and_asked_for(tab: Tab, served: Served) -> None:
    tab.page.expose_function("totp", served.totp)
    tab.run(SECOND_FACTORS)
    first = tab.run(
        """
        let tries = 0;
        return signIn("newcomer", temporary, {
          NEW_PASSWORD_REQUIRED: () => ({ new_password: password }),
          MFA_SETUP: async (parameters, attempt) => {
            const { secret_code: secret, qr_svg: picture } = await attempt.setUpTotp();
            if (!picture.startsWith("<svg")) throw new Error("no picture");
            globalThis.secret = secret;
            tries += 1;
            return { code: tries === 1 ? "000000" : await totp(secret) };
          },
        });
        """,
        temporary=TEMPORARY,
        password=PASSWORD,
    )
    assert first == ["NEW_PASSWORD_REQUIRED", "MFA_SETUP", "MFA_SETUP"]
    served.clock.advance(30)
    again = tab.run(
        """
        let tries = 0;
        return signIn("newcomer", password, {
          SOFTWARE_TOKEN_MFA: async () => ({ code: (tries += 1) === 1 ? "000000" : await totp(secret) }),
        });
        """,
        password=PASSWORD,
    )
    assert again == ["SOFTWARE_TOKEN_MFA"] * 2


def test_who_has_several_second_factors_chooses(tab: Tab, served: Served) -> None:
    preference = {"Enabled": True, "PreferredMfa": False}
    served.mfa_pool.call(
        "AdminSetUserMFAPreference",
        {
            "UserPoolId": served.mfa_pool.user_pool_id,
            "Username": "phil",
            "SMSMfaSettings": preference,
            "EmailMfaSettings": preference,
        },
    )
    tab.page.expose_function("code", lambda: served.code("phil", served.mfa_pool))
    tab.run(SECOND_FACTORS)
    for factor in ("SMS_MFA", "EMAIL_OTP"):
        asked = tab.run(
            """
            const answer = async () => ({ code: await code() });
            return signIn("phil", password, {
              SELECT_MFA_TYPE: () => ({ answer: factor }), SMS_MFA: answer, EMAIL_OTP: answer,
            });
            """,
            password=PASSWORD,
            factor=factor,
        )
        assert asked == ["SELECT_MFA_TYPE", factor]


def test_a_question_that_this_version_does_not_know_is_an_error_of_its_own(tab: Tab) -> None:
    def in_other_words(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("SELECT_CHALLENGE", "BLOOD_SAMPLE"))

    tab.page.route("**/session/sign-in", in_other_words)
    told = tab.run(
        """
        const attempt = new SessionClient("/session").signIn({ username: "ada", auth_flow: "USER_AUTH" });
        return attempt.catch(({ name, code, challenge }) => [name, code, challenge]);
        """
    )
    assert told == ["UnknownChallengeError", "unknown_challenge", "BLOOD_SAMPLE"]


def test_an_attempt_outlives_a_reload_and_is_forgotten_when_it_is_over(tab: Tab, served: Served) -> None:
    begun = 'globalThis.auth = new SessionClient("/session", { attempts: sessionStorage });'
    way = {"username": "ada", "auth_flow": "USER_AUTH", "preferred_challenge": "EMAIL_OTP"}
    tab.run(f"{begun} await auth.signIn(way);", way=way)
    tab.page.reload()
    told = tab.run(
        f"""{begun}
        const attempt = auth.resume();
        const seen = [attempt.question.challenge, attempt.question.parameters.medium];
        const wrong = await refused(attempt.answer({{ code: "00000000" }}));
        await attempt.answer({{ code }});
        return [...seen, wrong.code, auth.user.username, sessionStorage.length, auth.resume()];
        """,
        code=served.code("ada"),
    )
    assert told == ["EMAIL_OTP", "EMAIL", "code_mismatch", "ada", 0, None]


def test_what_was_kept_of_an_attempt_is_dropped_when_its_time_is_over_or_it_is_nonsense(tab: Tab) -> None:
    left = tab.run(
        """
        const auth = new SessionClient("/session", { attempts: sessionStorage });
        await auth.signIn({ username: "ada", auth_flow: "USER_AUTH" });
        const [name] = Object.keys(sessionStorage);
        const kept = JSON.parse(sessionStorage.getItem(name));
        const broken = [{ until: Date.now() }, { challenge: "NONE" }, { until: "soon" }];
        const found = [];
        for (const text of [...broken.map((one) => JSON.stringify({ ...kept, ...one })), "{", "7"]) {
          sessionStorage.setItem(name, text);
          found.push(auth.resume(), sessionStorage.length);
        }
        return found;
        """
    )
    assert left == [None, 0] * 5


def test_an_answer_that_ends_the_attempt_ends_the_loop_with_its_reason(tab: Tab) -> None:
    told = tab.run(
        """
        const way = { username: "ada", auth_flow: "USER_AUTH" };
        const attempt = await new SessionClient("/session").signIn(way);
        const wrong = { answer: "PASSWORD_SRP", password: "Wrong-password-1!" };
        const first = await refused(attempt.answer(wrong));
        const loop = await refused(attempt.run(() => ({ answer: "PASSWORD_SRP" })));
        return [first.code, loop.code, attempt.question, attempt.result];
        """
    )
    assert told == ["not_authorized", "not_authorized", None, None]


def test_a_form_may_answer_while_the_loop_waits_and_a_double_click_sends_once(
    tab: Tab, served: Served
) -> None:
    told = tab.run(
        """
        const attempt = await new BearerClient("/auth").signIn({ username: "ada", auth_flow: "USER_AUTH" });
        const seen = [];
        const send = (answer) => setTimeout(() => { attempt.answer(answer); attempt.answer(answer); }, 20);
        for await (const { challenge } of attempt) {
          seen.push(challenge);
          send(challenge === "SELECT_CHALLENGE" ? { answer: "PASSWORD" } : { password });
        }
        return seen;
        """,
        password=PASSWORD,
    )
    assert told == ["SELECT_CHALLENGE", "PASSWORD"]
    assert served.count("/auth/challenge") == 2


def test_nothing_of_an_attempt_or_a_client_is_shown_by_printing_it(tab: Tab) -> None:
    shown = tab.run(
        """
        const auth = new BearerClient("/auth");
        const attempt = await auth.signIn({ username: "ada", auth_flow: "USER_AUTH" });
        const question = JSON.stringify(attempt.question);
        await attempt.answer({ answer: "PASSWORD_SRP", password });
        return [question, JSON.stringify([attempt, auth]), `${Object.keys(auth)}`];
        """,
        password=PASSWORD,
    )
    assert "session" not in shown[0]
    assert "token" not in "".join(shown)


def test_signing_up_confirming_and_a_forgotten_password(tab: Tab, served: Served) -> None:
    tab.page.expose_function("code", served.code)
    told = tab.run(
        """
        const auth = new BearerClient("/auth");
        const person = { username: "hedy", password, attributes: { email: "hedy@example.com" } };
        const { confirmed, session } = await auth.signUp(person);
        const early = await refused(auth.signIn({ username: "hedy", password }));
        const wrong = await refused(auth.confirmSignUp({ username: "hedy", code: "000000" }));
        await auth.resendCode({ username: "hedy" });
        const done = await auth.confirmSignUp({ username: "hedy", code: await code("hedy"), session });
        const way = { username: "hedy", auth_flow: "USER_AUTH", session: done.session };
        const straight = await auth.signIn(way);
        await auth.forgotPassword({ username: "hedy" });
        await auth.resetPassword({ username: "hedy", code: await code("hedy"), password: better });
        const old = await refused(auth.signIn({ username: "hedy", password }));
        const again = await auth.signIn({ username: "hedy", password: better });
        return [confirmed, early.code, wrong.code, straight.result.user.username, old.code, again.question];
        """,
        password=PASSWORD,
        better=NEW_PASSWORD,
    )
    assert told == [False, "user_not_confirmed", "code_mismatch", "hedy", "not_authorized", None]


def test_a_refusal_tells_what_is_wrong_with_which_member_and_how_long_to_wait(tab: Tab) -> None:
    busy = {"detail": {"code": "too_many_requests", "message": "Wait."}}
    tab.page.route(
        "**/auth/config", lambda route: route.fulfill(status=429, json=busy, headers={"Retry-After": "7"})
    )
    problem = {"type": "about:blank", "title": "No.", "status": 403, "code": "permission_denied"}
    tab.page.route("**/auth/sign-up", lambda route: route.fulfill(status=403, json=problem))
    tab.page.route("**/auth/password/forgot", lambda route: route.fulfill(status=502, body="<h1>Bad gateway"))
    tab.page.route("**/auth/password/reset", lambda route: route.abort())
    told = tab.run(
        """
        const auth = new BearerClient("/auth");
        const errors = [];
        const note = ({ code, status, message, retryAfter, errors: faults }) =>
          errors.push({ code, status, message, retryAfter, faults });
        await auth.signIn({ username: "" }).catch(note);
        await auth.config().catch(note);
        await auth.signUp({}).catch(note);
        await auth.forgotPassword({}).catch(note);
        await auth.resetPassword({}).catch(note);
        return errors;
        """
    )
    assert told[0]["code"] == "invalid_request"
    assert told[0]["faults"][0]["loc"] == ["body", "username"]
    assert (told[1]["code"], told[1]["retryAfter"]) == ("too_many_requests", 7)
    assert (told[2]["code"], told[2]["message"]) == ("permission_denied", "No.")
    assert [(one["code"], one["status"]) for one in told[3:]] == [("unreachable", 502), ("unreachable", 0)]


# Passkeys.


WITHOUT_JSON = """
  delete PublicKeyCredential.parseRequestOptionsFromJSON;
  delete PublicKeyCredential.parseCreationOptionsFromJSON;
  delete PublicKeyCredential.prototype.toJSON;
"""


@pytest.mark.parametrize("how", [SIGN_IN, SESSION], ids=["tokens", "cookies"])
@pytest.mark.parametrize("browser_lacks", ["", WITHOUT_JSON], ids=["whole", "without JSON"])
def test_a_passkey_is_added_and_signs_in(tab: Tab, how: str, browser_lacks: str) -> None:
    with_authenticator(tab.page)
    tab.run(browser_lacks)
    signed_in(tab, how, "grace")
    told = tab.run(
        """
        await auth.addPasskey();
        await auth.signOut();
        const way = { username: "grace", auth_flow: "USER_AUTH", preferred_challenge: "WEB_AUTHN" };
        const attempt = await auth.signIn(way);
        const asked = attempt.question.challenge;
        await attempt.usePasskey();
        return [asked, attempt.result.user.username, await auth.call("GET", "/me")];
        """
    )
    assert told == ["WEB_AUTHN", "grace", "grace"]


def test_a_passkey_that_is_not_there_is_told_and_one_can_be_given_up(tab: Tab) -> None:
    forget = with_authenticator(tab.page)
    signed_in(tab, username="grace")
    tab.run("await auth.addPasskey();")
    again = tab.run("return refused(auth.addPasskey())")
    forget()
    told = tab.run(
        """
        const way = { username: "grace", auth_flow: "USER_AUTH", preferred_challenge: "WEB_AUTHN" };
        const attempt = await auth.signIn(way);
        const none = await refused(attempt.usePasskey());
        const stopped = new AbortController();
        stopped.abort();
        const givenUp = await refused(attempt.usePasskey({ signal: stopped.signal }));
        delete globalThis.PublicKeyCredential;
        return [none, givenUp.name, await refused(attempt.usePasskey()), attempt.question.challenge];
        """
    )
    assert again == {"name": "PasskeyError", "code": "passkey_exists", "status": 0}
    assert told[0] == {"name": "PasskeyError", "code": "passkey_refused", "status": 0}
    assert told[1] == "AbortError"
    assert told[2]["code"] == "passkeys_unavailable"
    assert told[3] == "WEB_AUTHN"


def test_what_the_app_leaves_empty_in_the_options_is_left_out_for_the_browser(tab: Tab) -> None:
    with_authenticator(tab.page)
    signed_in(tab)
    told = tab.run(
        """
        const { credential_creation_options: options } = await auth.call("POST", "/account/passkeys/options");
        const empty = { excludeCredentials: null, timeout: null, extensions: null };
        return (await createPasskey({ publicKey: { ...options, ...empty } })).type;
        """
    )
    assert told == "public-key"


def test_of_two_passkeys_that_are_asked_for_at_once_the_later_counts(tab: Tab) -> None:
    with_authenticator(tab.page)
    signed_in(tab, username="grace")
    told = tab.run(
        """
        await auth.addPasskey().catch(() => undefined);
        const way = { username: "grace", auth_flow: "USER_AUTH", preferred_challenge: "WEB_AUTHN" };
        const attempt = await auth.signIn(way);
        const first = refused(attempt.usePasskey());
        await attempt.usePasskey();
        return [(await first).code, attempt.result.user.username];
        """
    )
    assert told == ["passkey_replaced", "grace"]


# Refreshing.


def test_requests_of_one_moment_share_a_refresh(tab: Tab, served: Served) -> None:
    signed_in(tab)
    served.clock.advance(HOUR)
    names = tab.run("return Promise.all([1, 2, 3].map(() => auth.call('GET', '/me')))")
    assert names == ["ada"] * 3
    assert served.count("/auth/refresh") == 1


def two_tabs(context: Any, address: str, options: str = "{ storage: localStorage }") -> tuple[Tab, Tab]:
    """Sign in in one tab, and open another that has the same tokens."""
    first, second = Tab(context.new_page(), address), Tab(context.new_page(), address)
    signed_in(first, options=options)
    second.run(f'globalThis.auth = new BearerClient("/auth", {options});')
    return first, second


ASK_AT = """
  globalThis.asked = new Promise((done) => setTimeout(async () => {
    try { done(await Promise.all([auth.call("GET", "/me"), auth.call("GET", "/me")])); }
    catch (error) { done(error.code); }
  }, at - Date.now()));
"""


def at_once(first: Tab, second: Tab) -> list[Any]:
    at = first.run("return Date.now() + 150")
    for tab in (first, second):
        tab.run(ASK_AT, at=at)
    return [tab.run("return asked") for tab in (first, second)]


def test_two_tabs_that_refresh_at_once_make_one_refresh(context: Any, address: str, served: Served) -> None:
    tabs = two_tabs(context, address)
    served.clock.advance(HOUR)
    served.requests.clear()
    assert at_once(*tabs) == [["ada", "ada"], ["ada", "ada"]]
    assert served.count("/auth/refresh") == 1


def test_without_locks_tabs_refresh_on_their_own_and_nobody_is_signed_out(
    context: Any, address: str, served: Served
) -> None:
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })")
    tabs = two_tabs(context, address)
    served.clock.advance(HOUR)
    served.requests.clear()
    assert at_once(*tabs) == [["ada", "ada"], ["ada", "ada"]]
    assert served.count("/auth/refresh") in {1, 2}


def test_a_lock_that_another_tab_never_gives_back_is_not_waited_for(
    context: Any, address: str, served: Served
) -> None:
    context.add_init_script(
        """
        const limit = AbortSignal.timeout;
        AbortSignal.timeout = (time) => limit.call(AbortSignal, time === 10_000 ? 200 : time);
        """
    )
    first, second = two_tabs(context, address)
    second.run(
        "navigator.locks.request(`fastapi-cognito-auth ${origin}/auth refresh`, () => new Promise(() => {}));"
    )
    served.clock.advance(HOUR)
    assert first.run("return auth.call('GET', '/me')") == "ada"


def test_an_app_that_is_down_signs_nobody_out(tab: Tab, served: Served) -> None:
    signed_in(tab, options="{ storage: localStorage }")
    served.clock.advance(HOUR)
    down = {"detail": {"code": "user_pool_unavailable", "message": "Later."}}
    tab.page.route(
        "**/auth/refresh", lambda route: route.fulfill(status=503, json=down, headers={"Retry-After": "3"})
    )
    told = tab.run(
        "return auth.fetch('/me').catch(({ code, status, retryAfter }) => [code, status, retryAfter])"
    )
    assert told == ["user_pool_unavailable", 503, 3]
    tab.page.unroute("**/auth/refresh")
    tab.page.route("**/auth/refresh", lambda route: route.abort())
    assert tab.run("return refused(auth.fetch('/me'))")["code"] == "unreachable"
    tab.page.unroute("**/auth/refresh")
    assert tab.run("return auth.call('GET', '/me')") == "ada"


def test_when_the_refresh_is_refused_the_user_is_signed_out_in_every_tab(
    context: Any, address: str, served: Served
) -> None:
    first, second = two_tabs(context, address)
    second.run("globalThis.told = new Promise((tell) => auth.watch((user) => user ?? tell(user)));")
    served.pool.call("AdminUserGlobalSignOut", {"UserPoolId": served.pool.user_pool_id, "Username": "ada"})
    served.clock.advance(HOUR)
    assert first.run("return (await auth.fetch('/me')).status") == 401
    assert first.run("return [auth.user, await auth.tokens(), localStorage.length]") == [None, None, 0]
    assert second.run("return told") is None


def test_another_refusal_of_the_app_is_no_reason_to_refresh(tab: Tab, served: Served) -> None:
    signed_in(tab)
    tab.page.route("**/me", lambda route: route.fulfill(status=401, json={"detail": "Our own reason"}))
    assert tab.run("return (await auth.fetch('/me')).status") == 401
    assert served.count("/auth/refresh") == 0


def test_a_token_that_is_refused_as_soon_as_it_is_new_is_not_refreshed_again(
    tab: Tab, served: Served
) -> None:
    signed_in(tab)
    expired = {"detail": {"code": "token_expired", "message": "Expired."}}
    tab.page.route("**/me", lambda route: route.fulfill(status=401, json=expired))
    assert tab.run("return [(await auth.fetch('/me')).status, (await auth.fetch('/me')).status]") == [
        401,
        401,
    ]
    assert served.count("/auth/refresh") == 1


WHILE = """
  const real = globalThis.fetch;
  // Does something when the app has answered, and before the client hears of it.
  const whileAnswering = (path, act) => {
    globalThis.fetch = async (...given) => {
      const answer = await real(...given);
      if (!new URL(given[0].url ?? given[0]).pathname.endsWith(path)) return answer;
      globalThis.fetch = real;
      await act();
      return answer;
    };
  };
"""


def test_who_signed_out_during_a_refresh_stays_signed_out(tab: Tab, served: Served) -> None:
    signed_in(tab, options="{ storage: localStorage }")
    served.clock.advance(HOUR)
    told = tab.run(
        f"""{WHILE}
        whileAnswering("/auth/refresh", () => auth.signOut());
        return [(await auth.fetch("/me")).status, await auth.tokens(), localStorage.length, auth.user];
        """
    )
    assert told == [401, None, 0, None]
    assert served.count("/auth/refresh") == 1


def test_an_answer_of_before_the_sign_out_signs_nobody_in_again(tab: Tab) -> None:
    signed_in(tab, SESSION)
    told = tab.run(
        f"""{WHILE}
        whileAnswering("/session", () => auth.signOut());
        await auth.check();
        return auth.user;
        """
    )
    assert told is None


def test_what_a_tab_has_stored_may_be_seen_late_by_the_next(tab: Tab, served: Served) -> None:
    signed_in(tab)
    tab.run(
        """
        const views = [new Map(), new Map()];
        const write = (view, name, value) => (value === null ? view.delete(name) : view.set(name, value));
        const seenLate = (own, other) => ({
          getItem: (name) => own.get(name) ?? null,
          setItem(name, value) {
            write(own, name, value);
            setTimeout(() => write(other, name, value), 80);
          },
          removeItem: (name) => { throw new Error("nobody signs out"); },
        });
        globalThis.tabs = [seenLate(...views), seenLate(...views.toReversed())].map(
          (storage) => new BearerClient("/auth", { storage }),
        );
        await tabs[0].signIn({ username: "ada", password });
        await new Promise((resume) => setTimeout(resume, 100));
        """,
        password=PASSWORD,
    )
    served.clock.advance(HOUR)
    assert tab.run("return Promise.all(tabs.map((auth) => auth.call('GET', '/me')))") == ["ada", "ada"]
    assert served.count("/auth/refresh") == 1


def test_what_one_person_has_begun_is_not_done_for_another_who_signed_in_meanwhile(
    tab: Tab, served: Served
) -> None:
    signed_in(tab, options="{ storage: localStorage }")
    served.clock.advance(HOUR)
    told = tab.run(
        WHILE
        + """
        const other = new BearerClient("/auth", { storage: localStorage });
        whileAnswering("/orders", () => other.signIn({ username: "grace", password }));
        const answer = await auth.fetch("/orders", { method: "POST", body: "tea" });
        return [answer.status, (await auth.check()).username];
        """,
        password=PASSWORD,
    )
    assert told == [401, "grace"]
    assert served.count("/orders") == 1


def test_without_a_refresh_token_an_expired_sign_in_is_over(tab: Tab, served: Served) -> None:
    def without_it(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "refresh_token": None})

    tab.page.route("**/auth/sign-in", without_it)
    signed_in(tab)
    served.clock.advance(HOUR)
    assert tab.run("return [(await auth.fetch('/me')).status, await auth.tokens(), auth.user]") == [
        401,
        None,
        None,
    ]
    assert served.count("/auth/refresh") == 0


def test_the_body_of_a_request_goes_along_when_it_is_made_again(tab: Tab, served: Served) -> None:
    signed_in(tab)
    served.clock.advance(HOUR)
    assert tab.run("return auth.call('POST', '/orders', { tea: 1 })") == 'ada: {"tea":1}'
    assert served.count("/orders") == 2


def test_tokens_are_kept_in_memory_unless_the_app_says_where(tab: Tab) -> None:
    signed_in(tab)
    assert tab.run("return [localStorage.length, sessionStorage.length]") == [0, 0]
    signed_in(tab, options="{ storage: sessionStorage }")
    tab.page.reload()
    assert (
        tab.run('return (await new BearerClient("/auth", { storage: sessionStorage }).check()).username')
        == "ada"
    )


# What leaves the page.


def test_no_other_origin_is_sent_a_token(tab: Tab, other: tuple[Elsewhere, str]) -> None:
    elsewhere, there = other
    elsewhere.heard.clear()
    signed_in(tab)
    told = tab.run(
        """
        const take = `${there}/take`;
        const answers = [
          await auth.fetch(take), await auth.fetch(new Request(take)), await auth.fetch(new URL(take)),
          await auth.fetch(take, { headers: { "X-Own": "1" } }).catch(() => ({ status: "refused by CORS" })),
          await auth.fetch(`/leave?to=${encodeURIComponent(take)}`),
        ];
        return answers.map(({ status }) => status);
        """,
        there=there,
    )
    assert told == [200, 200, 200, "refused by CORS", 200]
    assert len(elsewhere.heard) == 4
    assert all("authorization" not in headers and "cookie" not in headers for headers in elsewhere.heard)


def test_an_address_that_has_no_origin_of_its_own_is_refused(tab: Tab) -> None:
    told = tab.run(
        """
        const addresses = [
          "tauri://localhost/auth", "capacitor://localhost/auth", "file:///app/auth", "data:,x",
          `blob:${location.origin}/auth`,
        ];
        return addresses.map((address) => {
          try {
            new BearerClient(address);
          } catch (error) {
            return error.name;
          }
        });
        """
    )
    assert told == ["TypeError"] * 5


def test_what_is_no_address_of_the_web_is_sent_no_token(tab: Tab) -> None:
    told = tab.run(
        """
        const heard = [];
        const fetch = async (input, init) => {
          const headers = input instanceof Request ? input.headers : new Headers(init?.headers);
          heard.push([input.url ?? input, headers.has("Authorization")]);
          return globalThis.fetch(input, init);
        };
        const auth = new BearerClient("/auth", { fetch });
        await auth.signIn({ username: "ada", password: "Correct-horse-1!" });
        const made = URL.createObjectURL(new Blob(["x"]));
        heard.length = 0;
        await auth.fetch(made);
        await auth.fetch("data:text/plain,x");
        return [made, heard];
        """
    )
    assert told[1] == [[told[0], False], ["data:text/plain,x", False]]


@pytest.mark.parametrize("body", ["null", "5", '"text"', '{"status": "signed_in"}'])
def test_an_answer_that_is_not_the_apps_is_an_error_of_ours(tab: Tab, body: str) -> None:
    told = tab.run(
        """
        const fetch = async () => new Response(body, { headers: { "Content-Type": "application/json" } });
        const clients = [new BearerClient("/auth", { fetch }), new SessionClient("/session", { fetch })];
        const typed = { username: "ada", password: "x" };
        return Promise.all(clients.map((client) => refused(client.signIn(typed))));
        """,
        body=body,
    )
    assert told == [{"name": "AuthError", "code": "unreachable", "status": 200}] * 2


@pytest.mark.parametrize(
    "kept",
    [
        *("x", "null", "5", "{}", '{"access_token":5}', '{"access_token":{"split":1}}'),
        *('{"access_token":"a.b.c","refresh_token":"r"}', '{"access_token":"a.!!!.c"}'),
        '{"access_token":"a.bnVsbA.c"}',
        '{"access_token":"SECRET.e30.c\\r\\nX: y"}',
    ],
)
def test_what_is_kept_and_is_no_token_is_nobodys_and_is_not_sent(tab: Tab, kept: str) -> None:
    told = tab.run(
        """
        const storage = { getItem: () => kept, setItem() {}, removeItem() {} };
        const heard = [];
        const fetch = async (input, init) => {
          heard.push(new Request(input, init).headers.get("Authorization"));
          return new Response("{}");
        };
        const auth = new BearerClient("/auth", { storage, fetch });
        const said = [];
        for (const ask of ["check", "tokens", "refresh"]) said.push(await auth[ask]());
        for (const act of [() => auth.fetch("/me"), () => auth.signOut()]) await act();
        return [said, heard];
        """,
        kept=kept,
    )
    assert told == [[None, None, None], [None, None]]


def test_a_header_of_ones_own_is_left_as_it_is(tab: Tab, served: Served) -> None:
    signed_in(tab)
    told = tab.run("return (await auth.fetch('/me', { headers: { Authorization: 'Bearer other' } })).status")
    assert told == 401
    assert served.count("/auth/refresh") == 0


def test_a_page_of_another_site_signs_nobody_in(page: Any, address: str, served: Served) -> None:
    tab = Tab(page, by_number(address))
    told = tab.run(
        """
        const auth = new SessionClient(`${there}/session`);
        return refused(auth.signIn({ username: "ada", password }));
        """,
        there=address,
        password=PASSWORD,
    )
    assert told["code"] == "unreachable"
    assert page.context.cookies() == []


# Step-up.


STEP_UP = """
  globalThis.asked = [];
  globalThis.options = {
    onStepUp: async (refusal) => {
      asked.push(refusal.maxAge);
      if (answer === "no") return false;
      const who = answer === "somebody else" ? "grace" : "ada";
      if (answer !== "lie") await auth.signIn({ username: who, password });
      return true;
    },
  };
"""


@pytest.mark.parametrize("how", [SIGN_IN, SESSION], ids=["tokens", "cookies"])
def test_a_recent_sign_in_is_asked_for_once_and_the_requests_are_made_again(
    tab: Tab, served: Served, how: str
) -> None:
    tab.run(STEP_UP, answer="yes", password=PASSWORD)
    tab.run(how, username="ada", password=PASSWORD)
    served.clock.advance(120)
    served.requests.clear()
    told = tab.run("return [await Promise.all([1, 2].map(() => auth.call('POST', '/transfer'))), asked]")
    assert told == [["ada", "ada"], [60]]
    assert served.count("/transfer") == 4


@pytest.mark.parametrize(("answer", "times"), [("no", 1), ("lie", 2), ("somebody else", 1)])
def test_a_step_up_that_did_not_happen_is_no_loop_and_nothing_is_done_for_another(
    tab: Tab, served: Served, answer: str, times: int
) -> None:
    tab.run(STEP_UP, answer=answer, password=PASSWORD)
    tab.run(SESSION, username="ada", password=PASSWORD)
    served.clock.advance(120)
    served.requests.clear()
    told = tab.run("return [await refused(auth.call('POST', '/transfer')), asked.length]")
    assert told == [{"name": "AuthError", "code": "step_up_required", "status": 401}, 1]
    assert served.count("/transfer") == times


def test_without_a_hook_or_where_it_is_not_wanted_the_refusal_goes_to_the_page(
    tab: Tab, served: Served
) -> None:
    tab.run(STEP_UP, answer="yes", password=PASSWORD)
    tab.run(SESSION, username="ada", password=PASSWORD)
    served.clock.advance(120)
    quiet = "auth.fetch('/transfer', { method: 'POST', stepUp: false })"
    assert tab.run(f"return [(await {quiet}).status, asked.length]") == [401, 0]


def test_a_request_that_is_given_up_does_not_wait_for_the_step_up(tab: Tab, served: Served) -> None:
    tab.run("globalThis.options = { onStepUp: () => new Promise(() => {}) };")
    tab.run(SESSION, username="ada", password=PASSWORD)
    served.clock.advance(120)
    told = tab.run(
        """
        const signal = AbortSignal.timeout(150);
        return (await refused(auth.call("POST", "/transfer", undefined, { signal }))).name;
        """
    )
    assert told == "TimeoutError"


# Who is signed in, in every tab.


WATCH = """
  globalThis.auth ??= new SessionClient("/session");
  globalThis.seen = [];
  globalThis.stop = auth.watch((user) => seen.push(user?.username ?? null));
"""


def until_seen(tab: Tab, seen: list[Any]) -> None:
    tab.page.wait_for_function("(seen) => JSON.stringify(globalThis.seen) === JSON.stringify(seen)", arg=seen)


def test_tabs_hear_of_each_others_sign_ins_and_sign_outs(context: Any, address: str) -> None:
    first, second = Tab(context.new_page(), address), Tab(context.new_page(), address)
    second.run(WATCH)
    until_seen(second, [None])
    signed_in(first, SESSION)
    until_seen(second, [None, "ada"])
    second.run("stop();")
    third = Tab(context.new_page(), address)
    third.run(WATCH)
    until_seen(third, ["ada"])
    first.run("await auth.signOut();")
    until_seen(third, ["ada", None])
    assert second.run("return [auth.user.username, seen]") == ["ada", [None, "ada"]]


def test_a_session_that_ended_elsewhere_is_noticed_when_the_tab_is_looked_at_and_not_too_often(
    tab: Tab, served: Served
) -> None:
    signed_in(tab, SESSION)
    tab.run(WATCH)
    tab.page.context.clear_cookies()
    served.requests.clear()
    look = "document.dispatchEvent(new Event('visibilitychange'));"
    tab.run(f"await auth.check(); {look}{look}")
    until_seen(tab, [None])
    assert served.count("/session") == 1
    tab.run(f"const now = Date.now; Date.now = () => now() + 31_000; {look}{look}")
    tab.page.wait_for_function("() => true")
    tab.run("await new Promise((resume) => setTimeout(resume, 50));")
    assert served.count("/session") == 2


def test_a_page_that_the_back_button_shows_again_asks_who_is_signed_in(tab: Tab) -> None:
    signed_in(tab, SESSION)
    tab.run(WATCH)
    tab.page.context.clear_cookies()
    tab.run("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));")
    until_seen(tab, [None])


def test_an_app_that_does_not_answer_signs_nobody_out_of_the_page(tab: Tab) -> None:
    signed_in(tab, SESSION)
    tab.run(WATCH)
    tab.page.route("**/session", lambda route: route.fulfill(status=503, body="down"))
    assert tab.run("return [(await refused(auth.check())).code, auth.user.username, seen]") == [
        "unreachable",
        "ada",
        [],
    ]


def test_what_is_refused_to_somebody_signed_out_elsewhere_tells_the_page(tab: Tab) -> None:
    signed_in(tab, SESSION)
    tab.run(WATCH)
    tab.page.context.clear_cookies()
    assert tab.run("return (await refused(auth.call('GET', '/me'))).code") == "not_authenticated"
    until_seen(tab, [None])


def test_signing_out_ends_the_session_and_the_tokens(tab: Tab, served: Served) -> None:
    signed_in(tab, SESSION)
    told = tab.run("return [(await auth.signOut()).refresh_token_revoked, await auth.check(), auth.user]")
    assert told == [True, None, None]
    signed_in(tab)
    kept = tab.run(
        "globalThis.kept = await auth.tokens(); return (await auth.signOut()).refresh_token_revoked"
    )
    assert kept is True
    again = tab.run(
        """
        const body = JSON.stringify({ refresh_token: kept.refresh_token });
        const headers = { "Content-Type": "application/json" };
        return (await fetch("/auth/refresh", { method: "POST", body, headers })).status;
        """
    )
    assert again == 401
