"""The card, and the plan of how a pipeline lies on it: everything at once, or in turns, or streamed.

Sizes are those of the weights in half precision; what else a step needs was counted on SDXL at about one megapixel
(activations of UNet and ControlNet per row, the VAE's decoder, CUDA's own room) and is in `Sizes` and the constants.
"""

import os
from dataclasses import dataclass, replace

from storage.errors import InvalidInput, Message, ResourceMissing

GIB = 2**30
# beyond weights: CUDA context, cuDNN's workspaces, fragmentation
ROOM = 0.75 * GIB
# activations of the UNet and one ControlNet for one shot with guidance (two rows each), per megapixel
PER_SHOT = 0.65 * GIB
# the VAE's decoder in half precision, per megapixel; in tiles of 512 pixels about a quarter of it
DECODER = 1.5 * GIB
# a card with less than this gains nothing from more shots at once
LARGE = 40 * GIB


@dataclass(frozen=True, slots=True)
class Card:
    """Where a pipeline runs. index: None for the processor. total, free: bytes of its memory."""

    name: str
    index: int | None
    total: int
    free: int

    @property
    def device(self) -> str:
        """As torch spells it."""
        return "cpu" if self.index is None else f"cuda:{self.index}"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the weights in half precision, by when they are needed; megapixels: of a frame.

    reading: text and image encoders, resamplers. denoising: UNet and ControlNets without what follows. projections:
    the UNet's and the adapters' key and value projections, needed once a text. vae.
    """

    reading: int
    denoising: int
    projections: int
    vae: int
    megapixels: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a pipeline lies on its device.

    batch: shots at once. in_turns: what reads is away while it denoises, projections are streamed. evicted: UNet and
    ControlNets leave before the VAE decodes. tile: pixels of the squares that the VAE decodes, None for all at once.
    streamed: the layers of the UNet are brought in one after another. needs: bytes, estimated; why: for people.
    """

    name: str
    device: str
    half: bool
    batch: int
    in_turns: bool
    evicted: bool
    tile: int | None
    streamed: bool
    needs: int
    why: Message


def card(device: str = "auto") -> Card | None:
    """The card of that name, 'auto' the first; None where there is none. Imports torch (about two seconds).

    Raises ResourceMissing for a CUDA card that is asked for and not there.
    """
    import torch

    if device == "cpu":
        return None
    index = int(device.partition(":")[2] or 0)
    if not torch.cuda.is_available() or index >= torch.cuda.device_count():
        if device == "auto":
            return None
        there_is = torch.cuda.device_count() if torch.cuda.is_available() else 0
        raise ResourceMissing(
            f"There is no card '{device}': {there_is} were found. Set CASTLOCK_DEVICE to auto or cpu.",
            f"找不到显卡“{device}”（共检测到 {there_is} 块）。请把 CASTLOCK_DEVICE 设为 auto 或 cpu。",
        )
    properties = torch.cuda.get_device_properties(index)
    free, total = torch.cuda.mem_get_info(index)
    return Card(properties.name, index, total, free)


def processor() -> Card:
    """This machine's own processor and memory."""
    page = os.sysconf("SC_PAGE_SIZE")
    total = page * os.sysconf("SC_PHYS_PAGES")
    return Card("CPU", None, total, _available() or page * os.sysconf("SC_AVPHYS_PAGES"))


def plan(where: Card, sizes: Sizes) -> Plan:
    """The plan that uses the card best without spilling. Raises InvalidInput where none fits, with what it would take."""
    fitting = [each for each in plans(where, sizes) if each.needs <= where.free]
    if fitting:
        return fitting[0]
    least = min(plans(where, sizes), key=lambda each: each.needs)
    has, needs = where.free / GIB, least.needs / GIB
    raise InvalidInput(
        f"{where.name} has {has:.1f} GiB free, and the smallest way to render this needs about {needs:.1f} GiB. "
        "Close other programs that use it, choose a smaller size, or use the photoboard engine.",
        f"{where.name} 可用 {has:.1f} GiB，而最省显存的方案约需 {needs:.1f} GiB。"
        "请关闭占用显存的程序、改用更小的画幅，或使用照片分镜引擎。",
    )


def smaller(chosen: Plan, where: Card, sizes: Sizes) -> Plan | None:
    """The next plan that needs less than this one did, or None: for when the estimate was too hopeful."""
    return next((each for each in plans(where, sizes) if each.needs < chosen.needs and each != chosen), None)


def plans(where: Card, sizes: Sizes) -> list[Plan]:
    """Every way to lie on this device, the fastest first."""
    if where.index is None:
        return [_on_the_processor(sizes)]
    weights = sizes.reading + sizes.denoising + sizes.projections + sizes.vae
    shot = int(PER_SHOT * sizes.megapixels)
    decoder = int(DECODER * sizes.megapixels)
    everything = [
        _plan(where, "resident", weights + batch * shot + decoder, batch=batch)
        for batch in ((12, 8, 6, 4, 2, 1) if where.total >= LARGE else (4, 2, 1))
    ]
    # while it denoises, text encoders and projections are away; the kept keys and values take their share of a shot
    turning = max(sizes.denoising, sizes.reading) + sizes.vae
    turns = [_plan(where, "in turns", turning + batch * shot + decoder, batch=batch, in_turns=True) for batch in (2, 1)]
    thin = _plan(
        where, "in turns, small", turning + max(shot, decoder // 4), batch=1, in_turns=True, evicted=True, tile=512
    )
    streamed = _plan(
        where,
        "streamed",
        max(sizes.denoising // 4, sizes.reading) + sizes.vae + max(2 * shot, decoder // 4),
        batch=2,
        in_turns=True,
        evicted=True,
        tile=512,
        streamed=True,
    )
    return [*everything, *turns, thin, streamed]


def _plan(where: Card, name: str, bytes_: int, **how: bool | int | None) -> Plan:
    needs = int(bytes_ + ROOM)
    base = Plan(name, where.device, True, 1, False, False, None, False, needs, Message("", ""))
    made = replace(base, **how)  # pyright: ignore[reportArgumentType]
    free = where.free / GIB
    return replace(
        made,
        why=Message(
            f"{where.name}, {free:.1f} GiB free: {name}, {made.batch} at once, about {needs / GIB:.1f} GiB",
            f"{where.name} 可用 {free:.1f} GiB：方案“{name}”，每批 {made.batch} 个镜头，约需 {needs / GIB:.1f} GiB",
        ),
    )


def _on_the_processor(sizes: Sizes) -> Plan:
    # in single precision everything is twice the size
    needs = 2 * (sizes.reading + sizes.denoising + sizes.projections + sizes.vae)
    needs += int(2 * (PER_SHOT + DECODER) * sizes.megapixels)
    why = Message(
        f"no card: on the processor, one frame at a time, about {needs / GIB:.1f} GiB of memory",
        f"没有显卡：在处理器上逐帧渲染，约需内存 {needs / GIB:.1f} GiB",
    )
    return Plan("processor", "cpu", False, 1, False, False, None, False, needs, why)


def _available() -> int | None:
    """Memory that Linux would give without swapping, in bytes; None elsewhere."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123
            found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    except OSError:
        return None
    return int(found[0]) * 1024 if found else None
