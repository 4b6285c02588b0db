"""`fastapi-cognito-auth pages`: the gallery of all states of the pages."""

import contextlib
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from fastapi_cognito_auth.cli.gallery.check import try_states, without_log
from fastapi_cognito_auth.cli.gallery.served import Gallery
from fastapi_cognito_auth.cli.gallery.states import GROUPS
from fastapi_cognito_auth.cli.terminal import Exit, fail
from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages import Look
from fastapi_cognito_auth.pages.new_catalogue import new_catalogue

_DEFAULT = Look()


def pages(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8300,
    name: Annotated[str | None, typer.Option(help="Of the service, in titles and headings.")] = None,
    logo: Annotated[str | None, typer.Option(help="The address of a picture, in place of the name.")] = None,
    colour: Annotated[str, typer.Option(help="Of buttons and links.")] = _DEFAULT.colour,
    colour_dark: Annotated[str, typer.Option(help="The same on dark ground.")] = _DEFAULT.colour_dark,
    on_colour: Annotated[str, typer.Option(help="Of the text on a button.")] = _DEFAULT.on_colour,
    on_colour_dark: Annotated[str, typer.Option(help="The same on dark ground.")] = _DEFAULT.on_colour_dark,
    radius: Annotated[str, typer.Option(help="Of corners.")] = _DEFAULT.radius,
    font: Annotated[str, typer.Option(help="Of all text: a CSS list of families.")] = _DEFAULT.font,
    templates: Annotated[
        Path | None,
        typer.Option(help="A folder whose templates are taken in place of those of the same name."),
    ] = None,
    catalogues: Annotated[
        Path | None, typer.Option(help="A folder of more languages, or of other words for some.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="To choose from, the first where a browser wants none of them; may be repeated."),
    ] = None,
    privacy_url: Annotated[str | None, typer.Option(help="Linked from the pages.")] = None,
    terms_url: Annotated[str | None, typer.Option(help="Linked from the pages.")] = None,
    help_url: Annotated[str | None, typer.Option(help="Linked from the pages.")] = None,
    home_url: Annotated[str | None, typer.Option(help="Where the name at the top leads.")] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIRECTIVE=SOURCE",
            help="From where more may be loaded, such as font-src='self'; may be repeated.",
        ),
    ] = None,
    new_language: Annotated[
        str | None,
        typer.Option(
            metavar="LANGUAGE",
            help="Serve nothing: print a catalogue to begin a language with, or the one that there is.",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Serve nothing: make every page, and say which cannot be made.")
    ] = False,
) -> None:
    """Serve every state of every page, on a local user pool and on loopback alone."""
    try:
        look = Look(
            name=name,
            logo=logo,
            colour=colour,
            colour_dark=colour_dark,
            on_colour=on_colour,
            on_colour_dark=on_colour_dark,
            radius=radius,
            font=font,
            templates=templates,
            catalogues=catalogues,
            languages=language or (),
            privacy_url=privacy_url,
            terms_url=terms_url,
            help_url=help_url,
            home_url=home_url,
            sources=_sources(source or ()),
        )
        if new_language is not None:
            _print_catalogue(new_language, catalogues)
            return
        if check:
            _check(look)
            return
        gallery = Gallery(GROUPS, look, time.time)
    except ConfigurationError as exc:
        fail(str(exc))
    with _listen(port) as listening:
        config = uvicorn.Config(gallery.app(), log_level="warning", lifespan="off")
        # By this name passkeys work, too.
        typer.echo(f"All states of the pages: http://localhost:{listening.getsockname()[1]}/")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run([listening])


def _sources(options: Sequence[str]) -> dict[str, list[str]]:
    """Return sources by their directives, which the look judges."""
    found: dict[str, list[str]] = {}
    for option in options:
        directive, divider, source = option.partition("=")
        if not divider:
            message = f"{option} is none such as font-src='self'"
            raise typer.BadParameter(message, param_hint="--source")
        found.setdefault(directive, []).append(source)
    return found


def _print_catalogue(language: str, catalogues: Path | None) -> None:
    try:
        text = new_catalogue(language, catalogues)
    except ConfigurationError as exc:
        raise typer.BadParameter(str(exc), param_hint="--new-language") from None
    # In bytes, since a catalogue is UTF-8 wherever it is made.
    typer.echo(text.encode(), nl=False)


def _check(look: Look) -> None:
    """Make every page, and end the command with what is wrong with some."""
    with without_log():
        gallery = Gallery(GROUPS, look, time.time)
        is_good = try_states(GROUPS, look, gallery.without_effect)
    for fault in look.hard_to_read():
        typer.echo(fault, err=True)
    if not is_good:
        raise typer.Exit(Exit.BAD)


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as exc:
        message = f"cannot listen on port {port}: {exc.strerror}"
        raise typer.BadParameter(message, param_hint="--port") from None
