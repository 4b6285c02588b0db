"""The pages' HTML: forms, every text escaped, and headers that let nobody frame them.

One script there is, for passkeys, in a file of its own; pages without one let none run.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, Response

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem;color:#16191f}"
    "label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}"
    "label{margin-top:1rem}input,button{padding:.5rem;border:1px solid #687078;border-radius:4px}"
    "input[type=checkbox]{display:inline;width:auto}"
    "button{margin-top:1rem;background:#0b5cad;color:#fff;border-color:#0b5cad;cursor:pointer}"
    "button.other{background:#fff;color:#0b5cad}"
    ":focus-visible{outline:3px solid #f90;outline-offset:2px}"
    ".refusal:not(:empty){padding:.5rem;border-left:4px solid #b0281a;background:#fdf3f1}"
    "code{overflow-wrap:anywhere}[hidden]{display:none}"
)
_SCRIPT: Final = Path(__file__).with_name("passkey.js").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


_SCRIPT_HASH: Final = _hash(_SCRIPT)
# Without form-action: browsers would hold the app's callback against it, and all that it redirects to.
_POLICY: Final = f"default-src 'none'; style-src '{_hash(_STYLE)}'; base-uri 'none'; frame-ancestors 'none'"
_POLICY_WITH_SCRIPT: Final = f"{_POLICY}; script-src '{_SCRIPT_HASH}'"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def page(title: str, *parts: str, status: int = 200, script: str | None = None) -> HTMLResponse:
    """Return a page.

    Args:
        title: its heading, as text.
        parts: what follows, made by the other functions here.
        status: of the answer.
        script: where the script of passkeys is, relative to the page, if it needs that.
    """
    headers, run = HEADERS, ""
    if script is not None:
        headers = HEADERS | {"Content-Security-Policy": _POLICY_WITH_SCRIPT}
        run = f'<script src="{escape(script)}" integrity="{_SCRIPT_HASH}" defer></script>'
    content = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>{run}</head>"
        f"<body><main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>"
    )
    return HTMLResponse(content, status, headers)


def script() -> Response:
    """Return the script of the pages that ask for a passkey."""
    return Response(_SCRIPT, headers=HEADERS, media_type="text/javascript")


def paragraph(text: str) -> str:
    """Return a paragraph."""
    return f"<p>{escape(text)}</p>"


def refusal(text: str | None) -> str:
    """Return what went wrong, which is read out at once; nothing for None."""
    return "" if text is None else f'<p class="refusal" role="alert">{escape(text)}</p>'


def link(text: str, address: str) -> str:
    """Return a paragraph that is a link."""
    return f'<p><a href="{escape(address)}">{escape(text)}</a></p>'


def field(
    name: str,
    label: str,
    *,
    kind: str = "text",
    value: str = "",
    autocomplete: str = "off",
    required: bool = True,
) -> str:
    """Return an input with its label.

    Args:
        name: of the parameter.
        label: what a person reads.
        kind: the input's type.
        value: what is in it at first.
        autocomplete: what a password manager is told.
        required: whether it must be filled in.
    """
    inputmode = ' inputmode="numeric"' if autocomplete == "one-time-code" else ""
    demanded = " required" if required else ""
    return (
        f'<label for="{escape(name)}">{escape(label)}</label>'
        f'<input id="{escape(name)}" name="{escape(name)}" type="{escape(kind)}" value="{escape(value)}"'
        f' autocomplete="{escape(autocomplete)}"{inputmode}{demanded}>'
    )


def checkbox(name: str, label: str) -> str:
    """Return a box that sends `true` when it is ticked."""
    return (
        f'<label for="{escape(name)}"><input id="{escape(name)}" name="{escape(name)}" type="checkbox"'
        f' value="true"> {escape(label)}</label>'
    )


def button(
    text: str, *, name: str | None = None, value: str = "", other: bool = False, hidden: bool = False
) -> str:
    """Return a button that sends its form, with a parameter of its own where it has a name."""
    sent = "" if name is None else f' name="{escape(name)}" value="{escape(value)}"'
    looks = ' class="other" formnovalidate' if other else ""
    unseen = " hidden" if hidden else ""
    return f'<button type="submit"{sent}{looks}{unseen}>{escape(text)}</button>'


def form(action: str, hidden: Mapping[str, str], parts: Iterable[str]) -> str:
    """Return a form that is posted.

    Args:
        action: where, relative to the page.
        hidden: parameters that nobody sees.
        parts: fields and buttons.
    """
    carried = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in hidden.items()
    )
    return f'<form method="post" action="{escape(action)}">{carried}{"".join(parts)}</form>'


def passkey_form(action: str, hidden: Mapping[str, str], act: str, options: str, text: str) -> str:
    """Return a form that is posted with what the browser's passkey answers.

    Args:
        action: where, relative to the page.
        hidden: parameters that nobody sees.
        act: what the browser does with the options: `create` or `get` a passkey.
        options: for that, in JSON.
        text: of the button.
    """
    parts = [
        '<p class="refusal" role="alert"></p>',
        "<noscript><p>Passkeys need JavaScript.</p></noscript>",
        # Until the script is there, it would send the form without an answer.
        button(text, hidden=True),
    ]
    asked = form(action, {**hidden, "credential": ""}, parts)
    return asked.replace("<form ", f'<form data-passkey="{escape(act)}" data-options="{escape(options)}" ', 1)


def secret(text: str) -> str:
    """Return a key that a person types into another device."""
    return f"<p><code>{escape(text)}</code></p>"


def provider_link(name: str, address: str) -> str:
    """Return a paragraph that leads to an identity provider."""
    return link(f"Continue with {name}", f"{address}&{urlencode({'identity_provider': name})}")
