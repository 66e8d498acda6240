"""Files that appear whole or not at all, and a folder that only one sweep writes to."""

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: two sweeps of one folder are then the user's care
    fcntl = None


def write_whole(path: Path, content: bytes, staging: Path) -> None:
    """Write a file; `staging` is a folder on the same disk, outside what readers look at."""
    with staged(staging) as temporary:
        _write(temporary, content)
        os.replace(temporary, path)
    sync_folder(path.parent)


def write_folder_whole(folder: Path, contents: Mapping[str, bytes], staging: Path) -> None:
    """Write a new folder of files, which appears with all of them."""
    with staged(staging) as temporary:
        temporary.mkdir()
        for name, content in contents.items():
            _write(temporary / name, content)
        sync_folder(temporary)
        os.rename(temporary, folder)
    sync_folder(folder.parent)


@contextmanager
def staged(staging: Path) -> Iterator[Path]:
    """A path in `staging` that is removed if it is still there at the end."""
    staging.mkdir(exist_ok=True)
    temporary = staging / uuid.uuid4().hex
    try:
        yield temporary
    finally:
        remove(temporary)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last, where the platform can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with this process, however it ends; a ValueError where another process holds it."""
    with open(path, "a+") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip() or "another process"
                raise ValueError(f"{path.parent}: {holder} is writing to it; wait for it, or name another folder") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
