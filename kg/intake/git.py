"""Metadata files of a Git repository, on this machine or on a server, or of a plain folder.

Of a repository the newest state of its main branch is read, never a working copy: nothing is checked out, no hook, filter or
submodule of the repository runs, and only the files that are taken are asked for (a partial clone, where the server has it).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceError, UsageError
from kg.intake.copying import Copying
from kg.intake.mirror import name_of
from kg.web import shown

_ENDINGS = (
    ".json",
    ".jsonld",
    ".yaml",
    ".yml",
    ".xml",
    ".ome",
    ".ttl",
    ".nt",
    ".nq",
    ".trig",
    ".rdf",
    ".csv",
    ".tsv",
    ".eln",
    ".xlsx",
)
_SKIPPED = frozenset({"node_modules", "__pycache__"})
_FILES = frozenset({"100644", "100755"})
_CLONE = ".kg-pull-git-"
_KEPT = (
    "PATH",
    "HOME",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "no_proxy",
    "NO_PROXY",
)


@dataclass(frozen=True, slots=True)
class _Blob:
    """A file of a repository: its name there, and the hash of its content."""

    path: str
    hash: str


def copy(work: Copying) -> None:
    """Copy the metadata files."""
    if "://" in work.address:
        _from_web(work)
        return
    folder = Path(work.address)
    if not folder.is_dir():
        raise UsageError("ADDRESS", f"{work.address} is no folder and no address that begins with https://")
    is_repository = (folder / ".git").exists() or ((folder / "HEAD").is_file() and (folder / "objects").is_dir())
    if is_repository and shutil.which("git"):
        git = _Git(folder, {}, work)
        _take(work, git, git.blobs())
    else:
        _from_folder(work, folder)


def _from_web(work: Copying) -> None:
    if not shutil.which("git"):
        raise SourceError(shown(work.address), "needs the program git, which is not installed here")
    for left in work.mirror.folder.glob(f"{_CLONE}*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    clone = Path(tempfile.mkdtemp(prefix=_CLONE, dir=work.mirror.folder))
    try:
        git = _Git(clone, work.headers, work)
        git.run("clone", "--quiet", "--bare", "--depth=1", "--no-tags", "--filter=blob:none", "--", work.address, str(clone))
        blobs = list(git.blobs())
        absent = [blob.hash for blob in blobs if not work.mirror.holds(blob.path, blob.hash)]
        if absent:
            git.run(
                "-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                "--filter=blob:none", "--stdin", "origin", stdin="".join(f"{hash_}\n" for hash_ in dict.fromkeys(absent)),
            )  # fmt: skip
        _take(work, git, blobs)
    finally:
        shutil.rmtree(clone, ignore_errors=True)


def _take(work: Copying, git: _Git, blobs: Iterator[_Blob] | Sequence[_Blob]) -> None:
    wanted = []
    for blob in blobs:
        work.mirror.still(blob.path)
        if not work.room():
            break
        if not work.mirror.has(blob.path, blob.hash):
            wanted.append(blob)
    for blob, body in git.bodies(wanted):
        if body is None:
            work.fail(blob.path, f"is larger than {work.asker.manners.size:,} bytes, or not in the repository")
        else:
            work.mirror.put(blob.path, _name(blob.path), body, stamp=blob.hash)


def _from_folder(work: Copying, folder: Path) -> None:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(names):
            file = Path(root) / name
            path = file.relative_to(folder).as_posix()
            if not _is_metadata(path) or file.is_symlink() or not file.is_file():
                continue
            work.mirror.still(path)
            if not work.room():
                return
            told = file.stat()
            stamp = f"{told.st_size}-{told.st_mtime_ns}"
            if work.mirror.has(path, stamp):
                continue
            if told.st_size > work.asker.manners.size:
                work.fail(path, f"is larger than {work.asker.manners.size:,} bytes")
            else:
                work.mirror.put(path, _name(path), file.read_bytes(), stamp=stamp)


def _is_metadata(path: str) -> bool:
    parts = path.split("/")
    return path.lower().endswith(_ENDINGS) and not any(part.startswith(".") or part in _SKIPPED for part in parts)


def _name(path: str) -> str:
    return "/".join(name_of(part) for part in path.split("/"))


class _Git:
    """The program git, told to trust nothing that a repository says."""

    def __init__(self, folder: Path, headers: dict[str, str], work: Copying) -> None:
        self._folder, self._work = folder, work
        settings = {
            "protocol.allow": "never",
            "protocol.https.allow": "always",
            "protocol.http.allow": "always",
            "http.followRedirects": "false",
            "core.hooksPath": os.devnull,
            "core.fsmonitor": "false",
            "gc.auto": "0",
        }
        for name, value in headers.items():
            settings["http.extraHeader"] = f"{name}: {value}"
        self._environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_CONFIG_COUNT": str(len(settings)),  # a token is in the environment, which other users cannot list
        }
        for number, (name, value) in enumerate(settings.items()):
            self._environment |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}

    def run(self, *words: str, stdin: str = "") -> bytes:
        """Return what a command prints; raises SourceError with its last line where it fails."""
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and addresses follow "--"
                ["git", *words],  # noqa: S607 - the git of the user
                cwd=self._folder, env=self._environment, input=stdin.encode(), capture_output=True, check=False,
                timeout=self._work.asker.manners.whole,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise SourceError(self._where, f"took more than {self._work.asker.manners.whole:g} seconds") from error
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
            told = next((line for line in lines if line.startswith("fatal:")), lines[-1])
            raise SourceError(self._where, f"git says: {told.removeprefix('fatal: ')[:300]}")
        return done.stdout

    def blobs(self) -> Iterator[_Blob]:
        """Yield the metadata files of the newest state; links and submodules are none."""
        for line in self.run("ls-tree", "-r", "-z", "HEAD").split(b"\0"):
            head, _, raw = line.partition(b"\t")
            words = head.decode().split()
            path = raw.decode("utf-8", "backslashreplace")
            if len(words) == 3 and words[0] in _FILES and words[1] == "blob" and _is_metadata(path):  # noqa: PLR2004
                yield _Blob(path, words[2])

    def bodies(self, blobs: Sequence[_Blob]) -> Iterator[tuple[_Blob, bytes | None]]:
        """Yield files with their bytes; None for one that is too large or not there."""
        for blob in blobs:
            try:
                size = int(self.run("cat-file", "-s", blob.hash))
                body = self.run("cat-file", "blob", blob.hash) if size <= self._work.asker.manners.size else None
            except SourceError:
                body = None
            yield blob, body

    @property
    def _where(self) -> str:
        return shown(self._work.address) if "://" in self._work.address else self._work.address
