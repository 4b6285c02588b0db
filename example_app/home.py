"""The page at `/`: what to try."""

import html

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>fastapi_cognito_auth</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
  pre {{ background: #f4f4f5; padding: .75rem 1rem; overflow-x: auto; border-radius: .4rem; }}
  td, th {{ text-align: left; padding: .15rem 1.5rem .15rem 0; }}
</style>
<h1>fastapi_cognito_auth</h1>
{body}
<p>Every endpoint can be tried in the <a href="docs">API documentation</a>.</p>
</html>
"""

_LOCAL = """
<p>This app runs on a user pool inside its own process. It is honest: a wrong password is refused.
It forgets everything when it stops.</p>
<h2>Users</h2>
<table>
<tr><th>username</th><th>password</th><th>what for</th></tr>
<tr><td>admin</td><td><code>Local-pool-1!</code></td><td>group <code>admins</code></td></tr>
<tr><td>analyst</td><td><code>Local-pool-1!</code></td><td>group <code>analysts</code></td></tr>
<tr><td>grace</td><td><code>Correct-horse-1!</code></td><td>filled in in the API documentation</td></tr>
<tr><td>newcomer</td><td><code>Temporary-1!</code></td><td>must choose a new password</td></tr>
</table>
<h2>Sign in</h2>
<pre>curl -s {address}/auth/sign-in --json '{"username": "analyst", "password": "Local-pool-1!"}'</pre>
<p>Take <code>access_token</code> from the answer:</p>
<pre>curl -s {address}/me -H "Authorization: Bearer $TOKEN"
curl -s {address}/greeting -H "Authorization: Bearer $TOKEN"
curl -s {address}/reports -H "Authorization: Bearer $TOKEN"</pre>
<h2>Sign up</h2>
<pre>curl -s {address}/auth/sign-up --json '{"username": "ada", "password": "Correct-horse-1!",
  "attributes": {"email": "ada@example.com"}}'</pre>
<p>A <a href="passkeys">page with passkeys</a> signs in without a password.</p>
<p>The code that a real pool would e-mail is in the <a href="local/outbox">outbox</a>, and on the console:</p>
<pre>curl -s {address}/auth/sign-up/confirm --json '{"username": "ada", "code": "…"}'</pre>
"""

_REAL = """
<p>This app runs on your user pool. Sign in as one of its users:</p>
<pre>curl -s {address}/auth/sign-in --json '{"username": "…", "password": "…"}'
curl -s {address}/me -H "Authorization: Bearer $TOKEN"</pre>
"""


def home_page(address: str, *, local: bool) -> str:
    """Return the page, for the embedded pool or for a real one.

    Args:
        address: of this app, for the commands to copy.
        local: whether it runs on the embedded pool.
    """
    body = _LOCAL if local else _REAL
    return _PAGE.format(body=body.replace("{address}", html.escape(address)))
