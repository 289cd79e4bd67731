"""A PostgreSQL server for tests: one that is there (``BITSPEC_TEST_POSTGRESQL_URL``), or one started from installed programs."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

URL_VARIABLE = "BITSPEC_TEST_POSTGRESQL_URL"
PASSWORD = "a secret that nobody may read"


class NoServer(Exception):
    """There is no server to test with; the text says why."""


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Address of a server's database ``postgres``, from which others can be made; raises `NoServer`."""
    if os.environ.get(URL_VARIABLE):
        yield os.environ[URL_VARIABLE]
        return
    programs = _programs()
    if programs is None:
        raise NoServer(f"no PostgreSQL: neither {URL_VARIABLE} is set nor initdb and pg_ctl are installed")
    # Not tmp_path: the server may not run as root, and another user may not enter that folder.
    folder = Path(tempfile.mkdtemp(prefix="bitspec-postgresql-"))
    try:
        with _started(programs, folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    places = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in places if (each / "initdb").exists() and (each / "pg_ctl").exists()), None)


@contextlib.contextmanager
def _started(programs: Path, folder: Path) -> Iterator[str]:
    as_user = _ordinary_user(folder)
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    os.chmod(secret, 0o644)
    data, port = folder / "data", _free_port()
    _run([*as_user, str(programs / "initdb"), "-D", str(data), "-U", "bitspec", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C",
          "--no-sync", f"--pwfile={secret}"])  # fmt: skip
    options = f"-k {folder} -h 127.0.0.1 -p {port} -c fsync=off -c shared_buffers=16MB -c max_connections=30"
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", "60"]
    _run([*control, "-l", str(folder / "log"), "-o", options, "start"])
    try:
        yield f"postgresql://bitspec:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/postgres"
    finally:
        _run([*control, "-m", "immediate", "stop"])


def _ordinary_user(folder: Path) -> list[str]:
    if os.name == "nt" or os.getuid() != 0:
        return []
    shutil.chown(folder, "nobody")
    os.chmod(folder, 0o755)
    if shutil.which("runuser") is None:
        raise NoServer("PostgreSQL does not run as root, and runuser is not there to start it as somebody else")
    return ["runuser", "-u", "nobody", "--"]


def _run(command: list[str]) -> None:
    # The server keeps the output of pg_ctl open: it is not to be waited for.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, timeout=120, check=False, cwd="/")
        if done.returncode:
            said.seek(0)
            raise NoServer(f"PostgreSQL could not be started: {said.read().decode(errors='replace')[-500:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_database(address: str, template: str = "template0") -> str:
    """Address of a new database on the server, empty or a copy of the one named `template`."""
    import psycopg

    name = f"bitspec_{secrets.token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}")
    return address.rpartition("/")[0] + f"/{name}"


def drop_database(address: str) -> None:
    """Remove a database that `new_database` made."""
    import psycopg

    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
