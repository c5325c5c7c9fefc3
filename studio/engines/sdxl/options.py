"""What a person may choose of the SDXL engines, and what those choices come to as numbers.

The options are what is asked for, and nearly all may be left open; `resolved` gives each a number: the preset's and the
speed's, where a person gave none. The page builds its controls from the fields: `title` and `description` are English,
`json_schema_extra` holds `zh` and `zh_description`, `choices` names a choice's words in both languages, and `advanced`
marks what belongs behind a fold. Imports neither torch nor diffusers.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from storage.errors import InvalidInput

Speed = Literal["full", "lcm", "lightning", "hyper"]
SchedulerName = Literal["euler", "euler_a", "dpmpp_2m_karras", "unipc", "lcm", "ddim"]
Composition = Literal["noise", "photoboard"]
ControlKind = Literal["none", "canny", "depth", "pose"]
Preset = Literal["likeness", "balanced", "scene"]
FaceKind = Literal["plus-face", "plus", "plain", "faceid", "faceid-plusv2"]
NegativeIdentity = Literal["zeros", "noise"]
Spacing = Literal["base", "trailing"]

SCHEDULERS: tuple[SchedulerName, ...] = get_args(SchedulerName)

# Timesteps that an LCM was distilled on; LCMScheduler takes no more steps than that.
LCM_STEPS = 50


@dataclass(frozen=True, slots=True)
class _Speed:
    scheduler: SchedulerName
    spacing: Spacing
    steps: int
    guidance: float


_SPEEDS: dict[str, _Speed] = {
    # 30 steps at guidance 4.5: InstantID's own 30; above 5 faces are over-saturated ("burnt"), below 4 the words go unheard.
    "full": _Speed("euler", "base", 30, 4.5),
    # The distilled models have guidance built in: 1.0 runs no unconditional half, which halves the work again. LCM-LoRA's
    # authors give 4 to 8 steps; faces need the 8. Lightning's and Hyper-SD's schedules end at the last timestep
    # ("trailing"), with Euler and DDIM as their authors publish them.
    "lcm": _Speed("lcm", "base", 8, 1.0),
    "lightning": _Speed("euler", "trailing", 8, 1.0),
    "hyper": _Speed("ddim", "trailing", 8, 1.0),
}


@dataclass(frozen=True, slots=True)
class _Strengths:
    ip_adapter_scale: float
    controlnet_conditioning_scale: float
    control_end: float
    face_start: float


_PRESETS: dict[str, _Strengths] = {
    # Above the published 0.8 / 0.8, IdentityNet to the end: nearest to the photo, and most like a passport picture of it.
    "likeness": _Strengths(0.9, 0.9, 1.0, 0.0),
    # The published strengths. The pose is set long before the last fifth, where IdentityNet mostly hardens the skin; to
    # leave it out there saves 7 % of the work.
    "balanced": _Strengths(0.8, 0.8, 0.8, 0.0),
    # At 0.65 / 0.75 to the end every scene comes out as a centred bust; at 0.45 / 0.55 ending at 0.45 the scenes can be
    # read and a face is still known. A face attention that begins after the first steps leaves the layout to the words.
    "scene": _Strengths(0.6, 0.5, 0.5, 0.15),
}


def _option(
    default: Any,
    words: tuple[str, str],
    explained: tuple[str, str],
    *,
    choices: dict[str, tuple[str, str]] | None = None,
    advanced: bool = False,
    **bounds: Any,
) -> Any:
    """A field with its words in both languages, English first."""
    extra: dict[str, Any] = {"zh": words[1], "zh_description": explained[1], "advanced": advanced}
    if choices is not None:
        extra["choices"] = {name: {"en": en, "zh": zh} for name, (en, zh) in choices.items()}
    return Field(default=default, title=words[0], description=explained[0], json_schema_extra=extra, **bounds)


class SdxlOptions(BaseModel):
    """What the three engines have in common. None: the number that speed or preset stands for.

    Raises InvalidInput, not pydantic's error, for numbers that are fine alone and impossible together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    engine: ClassVar[str] = ""

    base: str = _option(
        "",
        ("Checkpoint", "底模"),
        (
            "The installed SDXL checkpoint to paint with; empty: the first one.",
            "使用哪个已安装的 SDXL 底模；留空为第一个。",
        ),
        max_length=200,
    )
    speed: Speed = _option(
        "full",
        ("Speed", "速度"),
        (
            "Full quality, or a few-step draft. Sets scheduler, steps and guidance together.",
            "完整质量，或少步数草稿；同时决定采样器、步数和引导强度。",
        ),
        choices={
            "full": ("full quality", "完整质量"),
            "lcm": ("draft, LCM", "草稿 LCM"),
            "lightning": ("draft, Lightning", "草稿 Lightning"),
            "hyper": ("draft, Hyper-SD", "草稿 Hyper-SD"),
        },
    )
    num_inference_steps: int | None = _option(
        None,
        ("Steps", "步数"),
        ("Denoising steps. Empty: what the speed stands for.", "去噪步数；留空按速度而定。"),
        ge=1,
        le=150,
        advanced=True,
    )
    guidance_scale: float | None = _option(
        None,
        ("Guidance", "引导强度"),
        (
            "How strictly the words are followed. 4 to 5 for full quality; 1 and below: no guidance, and no negative prompt.",
            "对文字的服从程度。完整质量用 4 到 5；不大于 1 则不做引导，反向提示词也不起作用。",
        ),
        ge=0,
        le=20,
        advanced=True,
    )
    guidance_end: float | None = _option(
        None,
        ("Guidance until", "引导截止"),
        (
            "The part of the steps that is guided; the rest runs at half the work. Empty: all of them.",
            "前多少比例的步数做引导，其余步数计算量减半；留空为全程。",
        ),
        ge=0,
        le=1,
        advanced=True,
    )
    scheduler: SchedulerName | None = _option(
        None,
        ("Scheduler", "采样器"),
        ("Empty: what the speed stands for.", "留空按速度而定。"),
        choices={
            "euler": ("Euler", "Euler"),
            "euler_a": ("Euler ancestral", "Euler a"),
            "dpmpp_2m_karras": ("DPM++ 2M Karras", "DPM++ 2M Karras"),
            "unipc": ("UniPC", "UniPC"),
            "lcm": ("LCM", "LCM"),
            "ddim": ("DDIM", "DDIM"),
        },
        advanced=True,
    )
    composition: Composition = _option(
        "noise",
        ("Start from", "起始画面"),
        (
            "Noise, or the photoboard's frame of this shot, whose composition is then kept.",
            "从噪声开始，或从本镜头的照片分镜开始并保留其构图。",
        ),
        choices={"noise": ("noise", "噪声"), "photoboard": ("the photoboard's frame", "照片分镜")},
    )
    strength: float = _option(
        0.75,
        ("Made anew", "重绘强度"),
        (
            "How much of the start picture is made anew: at 1 nothing of it is left. Only where there is one.",
            "起始画面被重绘的程度，1 为完全不保留；仅在有起始画面时有效。",
        ),
        gt=0,
        le=1,
    )
    use_adapters: bool = _option(
        True,
        ("Characters' adapters", "角色适配器"),
        ("Use the LoRA and textual-inversion files of the cast.", "使用角色自己的 LoRA 与文本反转文件。"),
    )
    look_scale: float = _option(
        0.0,
        ("Look", "造型参考"),
        (
            "How strongly clothes and hair follow the look's photo, through an IP-Adapter image prompt; 0: off.",
            "服装与发型在多大程度上跟随造型照片（IP-Adapter 图像提示）；0 为关闭。",
        ),
        ge=0,
        le=1.5,
    )
    plate_scale: float = _option(
        0.0,
        ("Plate", "场景参考"),
        (
            "How strongly the background follows the location's picture, through an IP-Adapter image prompt; 0: off.",
            "背景在多大程度上跟随场景图（IP-Adapter 图像提示）；0 为关闭。",
        ),
        ge=0,
        le=1.5,
    )
    batch: int = _option(
        0,
        ("Shots at once", "每批镜头数"),
        (
            "0: what suits the card. 1: each shot alone, which repeats to the bit whatever it is rendered with.",
            "0 为按显卡自动决定；1 为逐镜渲染，结果可逐位复现。",
        ),
        ge=0,
        le=16,
        advanced=True,
    )
    second_control: ControlKind = _option(
        "none",
        ("Second ControlNet", "第二个 ControlNet"),
        (
            "Holds edges, depth or poses of the photoboard's frame.",
            "保持照片分镜的边缘、深度或姿态。",
        ),
        choices={
            "none": ("none", "无"),
            "canny": ("edges (canny)", "边缘 canny"),
            "depth": ("depth", "深度"),
            "pose": ("pose", "姿态"),
        },
        advanced=True,
    )
    # 0.5 is what the cards of the published SDXL canny and depth nets use. Edges of a storyboard are followed while the
    # layout is made and let go before the skin is.
    second_control_scale: float = _option(
        0.5,
        ("Second ControlNet, strength", "第二个 ControlNet 强度"),
        ("How strictly it is followed.", "服从程度。"),
        ge=0,
        le=2,
        advanced=True,
    )
    second_control_end: float = _option(
        0.6,
        ("Second ControlNet until", "第二个 ControlNet 截止"),
        ("The part of the steps after which it is let go.", "在多少比例的步数之后不再起作用。"),
        ge=0,
        le=1,
        advanced=True,
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        resolved(self)
        return self


class InstantIDOptions(SdxlOptions):
    """InstantID: identity by a face embedding, pose by five points."""

    engine: ClassVar[str] = "instantid"

    preset: Preset = _option(
        "balanced",
        ("Preset", "预设"),
        (
            "What matters most in this shot. Sets the strengths below where they are empty.",
            "这个镜头最看重什么；下面留空的强度由它决定。",
        ),
        choices={
            "likeness": ("likeness", "像本人"),
            "balanced": ("balanced", "均衡"),
            "scene": ("the scene", "重场景"),
        },
    )
    ip_adapter_scale: float | None = _option(
        None,
        ("Face attention", "人脸注意力"),
        (
            "How strongly the face is painted from the embedding. Too high burns the colours: lower this first.",
            "人脸特征对画面的影响。过高会使颜色过饱和，应先降低它。",
        ),
        ge=0,
        le=1.5,
        advanced=True,
    )
    controlnet_conditioning_scale: float | None = _option(
        None,
        ("IdentityNet", "IdentityNet 强度"),
        (
            "How strictly position and pose of the face are held; it carries likeness too.",
            "对人脸位置与姿态的约束，也影响相似度。",
        ),
        ge=0,
        le=2,
        advanced=True,
    )
    control_guidance_start: float | None = _option(
        None,
        ("IdentityNet from", "IdentityNet 起点"),
        ("The part of the steps before it begins.", "从多少比例的步数开始。"),
        ge=0,
        le=1,
        advanced=True,
    )
    control_guidance_end: float | None = _option(
        None,
        ("IdentityNet until", "IdentityNet 截止"),
        (
            "The part of the steps after which it is let go; earlier frees the scene and saves time.",
            "在多少比例的步数之后停止；越早场景越自由，也越省时间。",
        ),
        ge=0,
        le=1,
        advanced=True,
    )
    face_start: float | None = _option(
        None,
        ("Face attention from", "人脸注意力起点"),
        ("Later leaves the layout to the words.", "越晚，构图越由文字决定。"),
        ge=0,
        le=1,
        advanced=True,
    )
    face_end: float | None = _option(
        None,
        ("Face attention until", "人脸注意力截止"),
        ("The part of the steps after which it is let go.", "在多少比例的步数之后停止。"),
        ge=0,
        le=1,
        advanced=True,
    )
    negative_identity: NegativeIdentity = _option(
        "zeros",
        ("Negative identity", "负身份"),
        (
            "What guidance leads away from: no face (as published), or a little noise, which burns less.",
            "引导所远离的身份：空脸（论文做法），或少量噪声（颜色更柔和）。",
        ),
        choices={"zeros": ("no face", "空脸"), "noise": ("a little noise", "少量噪声")},
        advanced=True,
    )
    second_pass: bool = _option(
        True,
        ("Second pass on small faces", "小脸二次绘制"),
        ("Small faces are painted again, large, and put back.", "较小的人脸会放大重绘后贴回。"),
    )
    # InstantID's face fills a good part of a portrait; the VAE gives a cell to 8 pixels. At 160 the eyes are some
    # 8 cells apart; below that the likeness goes.
    second_pass_below: int = _option(
        160,
        ("Small is below", "小脸界限"),
        (
            "Width of a face in pixels of the painted canvas below which it is painted again.",
            "画布上人脸宽度小于此像素数时重绘。",
        ),
        ge=8,
        le=1024,
        advanced=True,
    )
    # Enough to redraw features that were never there, little enough to keep the light and the turn of the head.
    second_pass_strength: float = _option(
        0.55,
        ("Second pass, strength", "二次绘制强度"),
        ("How much of a small face is made anew.", "小脸被重绘的程度。"),
        gt=0,
        le=1,
        advanced=True,
    )
    # The network was trained with one; its authors see no great gain in more, but one bad photo then rules nothing.
    references: int = _option(
        3,
        ("Photos of a person", "每人参考照"),
        ("How many photos of one person are used at most.", "每个角色最多使用几张照片。"),
        ge=1,
        le=8,
        advanced=True,
    )


class IPAdapterOptions(SdxlOptions):
    """IP-Adapter: image prompts of face, look and plate; no points, and no recogniser but for the FaceID files."""

    engine: ClassVar[str] = "ip-adapter"

    face_kind: FaceKind = _option(
        "plus-face",
        ("Face from", "人脸来源"),
        (
            "Which IP-Adapter file hears the face photo. The FaceID files hear a recogniser's embedding.",
            "由哪个 IP-Adapter 文件读取人脸照片；FaceID 读取人脸识别特征。",
        ),
        choices={
            "plus-face": ("Plus-face", "Plus-face"),
            "plus": ("Plus", "Plus"),
            "plain": ("plain", "基础"),
            "faceid": ("FaceID", "FaceID"),
            "faceid-plusv2": ("FaceID Plus v2", "FaceID Plus v2"),
        },
    )
    # IP-Adapter's authors: 1.0 copies the picture, about 0.5 leaves half to the words. A face may be nearer to its photo
    # than clothes to theirs, and a place is mostly told in words.
    face_scale: float = _option(
        0.7,
        ("Face", "人脸"),
        ("How strongly faces follow the photos; 0: off.", "人脸跟随照片的程度；0 为关闭。"),
        ge=0,
        le=1.5,
    )
    face_start: float = _option(
        0.0,
        ("Face from", "人脸起点"),
        ("The part of the steps before it begins.", "从多少比例的步数开始。"),
        ge=0,
        le=1,
        advanced=True,
    )
    face_end: float = _option(
        1.0,
        ("Face until", "人脸截止"),
        ("The part of the steps after which it is let go.", "在多少比例的步数之后停止。"),
        ge=0,
        le=1,
        advanced=True,
    )
    look_scale: float = _option(
        0.5,
        ("Look", "造型参考"),
        ("How strongly clothes and hair follow the look's photo; 0: off.", "服装与发型跟随造型照片的程度；0 为关闭。"),
        ge=0,
        le=1.5,
    )
    plate_scale: float = _option(
        0.4,
        ("Plate", "场景参考"),
        ("How strongly the background follows the location's picture; 0: off.", "背景跟随场景图的程度；0 为关闭。"),
        ge=0,
        le=1.5,
    )
    references: int = _option(
        3,
        ("Photos of a person", "每人参考照"),
        ("How many photos of one person are used at most.", "每个角色最多使用几张照片。"),
        ge=1,
        le=8,
        advanced=True,
    )


class AdaptersOptions(SdxlOptions):
    """A character's LoRA or textual-inversion token alone."""

    engine: ClassVar[str] = "adapters"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Options as numbers, for all three engines.

    few_step: the weights part of the few-step LoRA, or ''. spacing: 'base' keeps the checkpoint's timestep spacing.
    face: 'instantid', a kind of IP-Adapter file, or 'none'. face_scale: of the face attention in either engine, 0 where
    there is none; controlnet_conditioning_scale: 0 where there is no IdentityNet. Starts and ends are fractions of the
    steps, as `schedule.window` reads them. guidance_end: 0 where guidance_scale is 1 or less.
    """

    engine: str
    base: str
    speed: Speed
    few_step: str
    scheduler: SchedulerName
    spacing: Spacing
    num_inference_steps: int
    guidance_scale: float
    guidance_end: float
    composition: Composition
    strength: float
    use_adapters: bool
    batch: int
    face: Literal["none", "instantid", "plus-face", "plus", "plain", "faceid", "faceid-plusv2"]
    face_scale: float
    face_start: float
    face_end: float
    negative_identity: NegativeIdentity
    controlnet_conditioning_scale: float
    control_guidance_start: float
    control_guidance_end: float
    look_scale: float
    plate_scale: float
    second_control: ControlKind
    second_control_scale: float
    second_control_end: float
    second_pass: bool
    second_pass_below: int
    second_pass_strength: float
    references: int


def resolved(options: SdxlOptions) -> Resolved:
    """The numbers that the options stand for: a person's own win over the speed's and the preset's.

    Raises InvalidInput for a window that ends before it starts, for a start picture of which no step would run, and for
    more LCM steps than there are.
    """
    speed = _SPEEDS[options.speed]
    scheduler = options.scheduler or speed.scheduler
    steps = options.num_inference_steps or speed.steps
    guidance = _given(options.guidance_scale, speed.guidance)
    face = _face(options)
    _demand_steps(scheduler, steps, options)
    _demand_window("face", face["face_start"], face["face_end"])
    _demand_window("control_guidance", face["control_guidance_start"], face["control_guidance_end"])
    return Resolved(
        engine=options.engine,
        base=options.base,
        speed=options.speed,
        few_step=_few_step(options.speed, steps),
        scheduler=scheduler,
        spacing=speed.spacing,
        num_inference_steps=steps,
        guidance_scale=guidance,
        # Published savings from an earlier end are real, but no default may rest on them until likeness was measured.
        guidance_end=_given(options.guidance_end, 1.0) if guidance > 1 else 0.0,
        composition=options.composition,
        strength=options.strength,
        use_adapters=options.use_adapters,
        batch=options.batch,
        look_scale=options.look_scale,
        plate_scale=options.plate_scale,
        second_control=options.second_control,
        second_control_scale=options.second_control_scale,
        second_control_end=options.second_control_end,
        **face,
    )


def _face(options: SdxlOptions) -> dict[str, Any]:
    if isinstance(options, InstantIDOptions):
        preset = _PRESETS[options.preset]
        return {
            "face": "instantid",
            "face_scale": _given(options.ip_adapter_scale, preset.ip_adapter_scale),
            "face_start": _given(options.face_start, preset.face_start),
            "face_end": _given(options.face_end, 1.0),
            "negative_identity": options.negative_identity,
            "controlnet_conditioning_scale": _given(
                options.controlnet_conditioning_scale, preset.controlnet_conditioning_scale
            ),
            "control_guidance_start": _given(options.control_guidance_start, 0.0),
            "control_guidance_end": _given(options.control_guidance_end, preset.control_end),
            "second_pass": options.second_pass,
            "second_pass_below": options.second_pass_below,
            "second_pass_strength": options.second_pass_strength,
            "references": options.references,
        }
    image = options if isinstance(options, IPAdapterOptions) else None
    return {
        "face": image.face_kind if image else "none",
        "face_scale": image.face_scale if image else 0.0,
        "face_start": image.face_start if image else 0.0,
        "face_end": image.face_end if image else 1.0,
        "negative_identity": "zeros",
        "controlnet_conditioning_scale": 0.0,
        "control_guidance_start": 0.0,
        "control_guidance_end": 1.0,
        "second_pass": False,
        "second_pass_below": 0,
        "second_pass_strength": 0.0,
        "references": image.references if image else 0,
    }


def _few_step(speed: str, steps: int) -> str:
    """The weights part. Lightning is published per number of steps: the four-step file is for five and fewer."""
    if speed == "lightning":
        return "few-step/lightning-4" if steps <= 5 else "few-step/lightning-8"
    return {"full": "", "lcm": "few-step/lcm", "hyper": "few-step/hyper-8"}[speed]


def _given(own: float | None, otherwise: float) -> float:
    return otherwise if own is None else own


def _demand_window(name: str, start: float, end: float) -> None:
    if end < start:
        raise InvalidInput(
            f"{name}_end ({end:g}) is before {name}_start ({start:g}): give an end that is not before the start.",
            f"{name}_end（{end:g}）早于 {name}_start（{start:g}）：截止不能早于起点。",
        )


def _demand_steps(scheduler: str, steps: int, options: SdxlOptions) -> None:
    if scheduler == "lcm" and steps > LCM_STEPS:
        raise InvalidInput(
            f"The LCM scheduler takes at most {LCM_STEPS} steps, not {steps}: lower num_inference_steps "
            "or choose another scheduler.",
            f"LCM 采样器最多 {LCM_STEPS} 步，不能是 {steps} 步：请减少 num_inference_steps 或换一个采样器。",
        )
    if options.composition == "photoboard" and int(steps * options.strength) < 1:
        raise InvalidInput(
            f"At strength {options.strength:g} none of the {steps} steps would run: raise strength or num_inference_steps.",
            f"强度为 {options.strength:g} 时，{steps} 步中一步也不会执行：请提高 strength 或 num_inference_steps。",
        )
