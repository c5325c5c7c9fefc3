"""One file over the network: what the source says of it, and its bytes, going on where an earlier try was cut."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx2
from huggingface_hub import constants, get_hf_file_metadata
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import build_hf_headers

from storage.errors import NotFound, ResourceMissing
from studio.weights.disk import refused

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHA1 = re.compile(r"[0-9a-f]{40}")
_BLOCK = 2**20
_CHUNK = 2**18


@dataclass(frozen=True, slots=True)
class Announced:
    """What a source says of a file. etag: SHA-256 of a large file, git's SHA-1 of a small one, where the source is a hub.

    commit: of the repository, or '' where it is not said.
    """

    url: str
    bytes: int | None
    etag: str
    commit: str

    @property
    def sha256(self) -> str | None:
        return self.etag if _SHA256.fullmatch(self.etag) else None


def announced(url: str, sign_in: bool) -> Announced:
    """Ask for a file's size and hash. Raises NotFound and ResourceMissing."""
    with speaking(url), online():
        said = get_hf_file_metadata(url, token=None if sign_in else False)
    return Announced(url, said.size, said.etag or "", said.commit_hash or "")


def fetch(file: Announced, part: Path, sign_in: bool, on_bytes: Callable[[int], None]) -> None:
    """Bring the file's bytes into `part`, after those that are there already.

    on_bytes: told how many bytes came, many times; what it raises ends the download, and `part` stays for the next
    try. Raises NotFound, ResourceMissing and Conflict.
    """

    class Meter:
        """What http_get reports to, in the place of a progress bar."""

        def __init__(self, **_: object): ...

        def __enter__(self) -> "Meter":
            return self

        def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

        def update(self, count: int) -> None:
            on_bytes(count)

    there = part.stat().st_size if part.exists() else 0
    if file.bytes is not None and there > file.bytes:
        part.unlink()
        there = 0
    headers = build_hf_headers(token=None if sign_in else False, headers={"Accept-Encoding": "identity"})
    with speaking(file.url), online(), part.open("ab") as stream:
        http_get(
            file.url,
            stream,
            resume_size=there,
            headers=headers,
            expected_size=file.bytes,
            tqdm_class=Meter,  # pyright: ignore[reportArgumentType]
        )


def digests(path: Path) -> tuple[str, str]:
    """SHA-256 of the file, and the SHA-1 that git knows it by."""
    sha256 = hashlib.sha256()
    sha1 = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            sha256.update(block)
            sha1.update(block)
    return sha256.hexdigest(), sha1.hexdigest()


def agrees(file: Announced, sha256: str, sha1: str) -> bool:
    """Do the hashes agree with what was announced? Yes, too, where no hash was."""
    if _SHA256.fullmatch(file.etag):
        return file.etag == sha256
    return not _SHA1.fullmatch(file.etag) or file.etag == sha1


@contextmanager
def online() -> Iterator[None]:
    """HF_HUB_OFFLINE keeps a job from downloading behind one's back; a pull is asked for, so it is lifted meanwhile.

    And what comes is written often: huggingface_hub gathers ten megabytes first, which a cut line or a cancel loses.
    """
    before = constants.HF_HUB_OFFLINE, constants.DOWNLOAD_CHUNK_SIZE
    constants.HF_HUB_OFFLINE, constants.DOWNLOAD_CHUNK_SIZE = False, _CHUNK
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, constants.DOWNLOAD_CHUNK_SIZE = before


@contextmanager
def speaking(url: str) -> Iterator[None]:
    """Turn what goes wrong on the way into sentences for people."""
    host = httpx2.URL(url).host
    try:
        yield
    except GatedRepoError as error:
        raise _gated(url) from error
    except (RevisionNotFoundError, EntryNotFoundError, RepositoryNotFoundError) as error:
        raise NotFound(
            f"{host} does not have (or does not show) {url}. If the repository is private, run `hf auth login` first; "
            "otherwise get the file elsewhere and put it in with `python -m studio weights add`.",
            f"{host} 上没有（或无权查看）{url}。若为私有仓库，请先运行 `hf auth login`；"
            "否则请从别处获取文件，并用 `python -m studio weights add` 放入。",
        ) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in (401, 403):
            raise _gated(url) from error
        raise ResourceMissing(
            f"{host} answered with an error ({status}). Try again later: what has come in is kept.",
            f"{host} 返回错误（{status}）。请稍后重试：已下载的部分会保留。",
        ) from error
    except httpx2.HTTPError as error:
        raise ResourceMissing(
            f"{host} cannot be reached, or the connection was cut ({type(error).__name__}). Check the network, or set "
            "HF_ENDPOINT to a mirror, and run the same command again: it goes on where it was.",
            f"无法连接 {host}，或连接中断（{type(error).__name__}）。请检查网络，或将 HF_ENDPOINT 设为镜像站，"
            "然后重新运行同一命令：会从中断处继续。",
        ) from error
    except OSError as error:
        raise refused(error) from error


def _gated(url: str) -> ResourceMissing:
    page = url.split("/resolve/")[0]
    return ResourceMissing(
        f"{page} gives its files only to people who accepted its conditions. Open it in a browser, accept them, run "
        "`hf auth login`, then run the same command again.",
        f"{page} 仅向接受其条款的用户提供文件。请在浏览器中打开并接受条款，运行 `hf auth login`，再重新运行同一命令。",
    )
