"""Run the README's example on an installed package, as its reader would.

    python readme.py README.md

It is given to the interpreter of another environment, and needs the standard library alone.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any


def ask(address: str, body: object = None, token: str = "") -> Any:
    """Return what an address answers, read as JSON."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(address, None if body is None else json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def main(readme: str) -> None:
    """Serve the example, sign in, and ask who is signed in."""
    [example] = re.findall(r"```python\n# main\.py\n(.*?)```", Path(readme).read_text(), re.DOTALL)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.py").write_text(example)
        server = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "uvicorn", "main:app", "--port", str(port)],
            cwd=folder,
            env={"PATH": os.environ["PATH"]},
        )
        try:
            at = f"http://127.0.0.1:{port}"
            wait_for(server, port)
            user = {"username": "ada", "password": "Correct-horse-1!"}
            token = ask(f"{at}/auth/sign-in", user)["access_token"]
            assert ask(f"{at}/me", token=token)["username"] == "ada"
            assert ask(f"{at}/reports", token=token) == ["Sign-ups per day"]
            assert ask(f"{at}/openapi.json")["paths"]
        finally:
            server.terminate()
            server.wait(10)
    import fastapi_cognito_auth

    place = Path(fastapi_cognito_auth.__file__)
    assert "site-packages" in place.parts, place
    assert (place.parent / "py.typed").exists()
    print(f"the README's example runs on {sys.version.split()[0]} with what the wheel brings")


def wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Wait until a server listens."""
    for _ in range(300):
        assert server.poll() is None, "the server did not start"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")


if __name__ == "__main__":
    main(*sys.argv[1:])
