"""Where published weights are fetched from: the address of every file."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from storage.errors import NotFound
from studio.weights.manifest import Part, PublishedFile

# the same files by the names that ModelScope keeps them under; what comes from there must have the published hash
_ON_MODELSCOPE = {
    "stabilityai/stable-diffusion-xl-base-1.0": "AI-ModelScope/stable-diffusion-xl-base-1.0",
    "InstantX/InstantID": "instantx/InstantID",
    "h94/IP-Adapter": "AI-ModelScope/IP-Adapter",
}


@dataclass(frozen=True, slots=True)
class Source:
    """name: said to people. address: of a file of a part, at a revision; raises NotFound where the source lacks it.

    sign_in: whether the person's access token for Hugging Face may be sent there.
    """

    name: str
    address: Callable[[Part, PublishedFile, str], str]
    sign_in: bool = False


def hub(endpoint: str | None = None) -> Source:
    """Hugging Face, or the mirror that HF_ENDPOINT names; endpoint: another one."""
    from huggingface_hub import constants, hf_hub_url

    def address(part: Part, file: PublishedFile, revision: str) -> str:
        return hf_hub_url(part.repository, file.source, revision=revision, endpoint=endpoint)

    return Source(endpoint or constants.ENDPOINT, address, sign_in=True)


def modelscope(endpoint: str = "https://modelscope.cn") -> Source:
    """ModelScope (魔搭), which says no hashes: only files whose published hash is known, and small texts, come from it."""

    def address(part: Part, file: PublishedFile, revision: str) -> str:  # noqa: ARG001 - it has its own
        repository = _ON_MODELSCOPE.get(part.repository)
        if repository is None or (file.sha256 is None and not file.is_text):
            raise NotFound(
                f"'{part.name}' is not to be had from ModelScope. Leave --from away to get it from Hugging Face or "
                "from the mirror that HF_ENDPOINT names.",
                f"ModelScope 上没有“{part.name}”。请去掉 --from，改从 Hugging Face 或 HF_ENDPOINT 指定的镜像站下载。",
            )
        return f"{endpoint}/models/{repository}/resolve/master/{quote(file.source)}"

    return Source(endpoint, address)


def source_named(name: str) -> Source:
    """'hub' or 'modelscope'. Raises NotFound."""
    sources = {"hub": hub, "modelscope": modelscope}
    if name not in sources:
        raise NotFound(
            f"There is no source called '{name}'. There is: {', '.join(sources)}.",
            f"没有名为“{name}”的来源。可用：{'、'.join(sources)}。",
        )
    return sources[name]()
