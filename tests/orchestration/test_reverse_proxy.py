"""The webserver for readers, and the documented reverse proxy before it for real: nginx with TLS and a password."""

import base64
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.full_build import ROOT, Small
from tests.orchestration.builds import COMMAND
from tests.orchestration.test_ui import ask, free_port, listening_addresses, user_interface

pytestmark = pytest.mark.full

NAME = "countylines.example.org"
READER = {"Authorization": f"Basic {base64.b64encode(b'reader:synthetic').decode()}"}


@pytest.fixture(scope="module")
def readers(small: Small) -> Iterator[int]:
    """The port of a webserver for readers, started as the service file starts it, but for folders and port."""
    service = (ROOT / "deploy" / "systemd" / "countylines-webserver.service").read_text(encoding="utf-8")
    assert "ExecStart=/opt/countylines/.venv/bin/dagster-webserver --read-only -h 127.0.0.1 -p 3000 -w" in service
    program = str(Path(COMMAND).with_name("dagster-webserver"))
    command = (program, "--read-only", "-h", "127.0.0.1", "-w", str(ROOT / "workspace.yaml"), "-p")
    home = small.build / "dagster"
    with user_interface(small.build, command=command, DAGSTER_HOME=home, COUNTYLINES_BUILD=small.build) as port:
        yield port


def test_for_readers_nothing_can_be_launched_changed_or_deleted(readers: int) -> None:
    allowed = [each for each in ask(readers, "{ permissions { permission value } }")["permissions"] if each["value"]]
    assert allowed == []
    wiped = ask(
        readers,
        """mutation { wipeAssets(assetPartitionRanges: [{assetKey: {path: ["raw", "editions"]}}]) { __typename } }""",
    )
    assert wiped["wipeAssets"]["__typename"] == "UnauthorizedError"
    assert listening_addresses(readers) == {"0100007F"}


@pytest.fixture(scope="module")
def proxy(readers: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, ssl.SSLContext]]:
    """The port of the proxy, and who vouches for its certificate. Ports, certificate and users are the test's; all else is as documented."""
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed: .ci/run installs Debian's nginx-light")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    authority = trustme.CA()
    certificate = authority.issue_cert(NAME)
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "both.pem"))
    (folder / "users").write_text("reader:{PLAIN}synthetic\n", encoding="utf-8")
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for documented, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/countylines/certificate.pem": f"{folder}/both.pem",
        "/etc/ssl/countylines/key.pem": f"{folder}/both.pem",
        "/etc/nginx/countylines.users": f"{folder}/users",
        "http://127.0.0.1:3000": f"http://127.0.0.1:{readers}",
    }.items():
        assert documented in site
        site = site.replace(documented, here)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    kept = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ {kept} access_log {folder}/access.log; include {folder}/site.conf; }}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    try:
        end = time.monotonic() + 60
        while True:
            assert process.poll() is None, process.stderr and process.stderr.read().decode()
            assert time.monotonic() < end, (folder / "error.log").read_text()
            try:
                asked(port, context)
                break
            except ConnectionError:
                time.sleep(0.1)
        yield port, context
    finally:
        process.terminate()
        process.communicate(timeout=30)


def asked(port: int, context: ssl.SSLContext, path: str = "/server_info", **headers: str) -> http.client.HTTPResponse:
    """What the proxy answers; the name in the certificate is checked, the address is loopback."""
    connection = http.client.HTTPSConnection(NAME, port, context=context, timeout=60)
    connection._create_connection = lambda address, *more: socket.create_connection(("127.0.0.1", address[1]), *more)  # type: ignore[attr-defined]
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def test_without_the_password_nothing_is_shown(proxy: tuple[int, ssl.SSLContext]) -> None:
    for path in ("/", "/graphql", "/server_info"):
        assert asked(*proxy, path).status == 401


def test_with_the_password_the_asset_graph_is_there(proxy: tuple[int, ssl.SSLContext]) -> None:
    answer = asked(*proxy, "/server_info", **READER)
    assert answer.status == 200
    assert b"dagster_webserver_version" in answer.read()


def test_the_web_socket_of_a_page_passes(proxy: tuple[int, ssl.SSLContext]) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(b"sixteen bytes...").decode(),
        "Sec-WebSocket-Protocol": "graphql-ws",
    }
    assert asked(*proxy, "/graphql", **READER, **upgrade).status == 101
