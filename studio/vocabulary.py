"""The trade's words: codes are stored, words are shown per language, and synonyms are read.

Trap: an English MS cuts at the waist and a Chinese 中景 above the knees; Chinese 近景 is MCU, not a close-up;
中近景 is read as MCU.
"""

from dataclasses import dataclass

from storage.errors import Language


@dataclass(frozen=True, slots=True)
class Term:
    """A code with its words and the synonyms a script or a table may use (compared case-folded)."""

    code: str
    en: str
    zh: str
    synonyms: tuple[str, ...] = ()

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Vocabulary:
    """The terms of one kind, in the order people list them."""

    def __init__(self, kind: str, *terms: Term):
        self.kind = kind
        self.terms = {term.code: term for term in terms}
        self._read: dict[str, str] = {}
        for term in terms:
            for word in (term.code, term.en, term.zh, *term.synonyms):
                self._read.setdefault(word.casefold(), term.code)

    def __contains__(self, code: object) -> bool:
        return code in self.terms

    @property
    def codes(self) -> list[str]:
        return list(self.terms)

    def text(self, code: str, language: Language) -> str:
        """The word for a code; a code nobody knows is shown as it is."""
        term = self.terms.get(code)
        return term.text(language) if term else code

    def read(self, word: str) -> str | None:
        """The code for a word, a synonym or the code itself; None where nobody says so."""
        return self._read.get(word.strip().casefold())

    def words(self) -> list[tuple[str, str]]:
        """(word, code) pairs, longest word first: for finding terms inside a line."""
        return sorted(self._read.items(), key=lambda pair: -len(pair[0]))


SIZES = Vocabulary(
    "size",
    Term("ELS", "Extreme long shot", "大远景", ("EWS", "extreme wide shot", "extreme wide", "extreme long", "VLS")),
    Term("LS", "Long shot", "远景", ("WS", "wide shot", "wide", "long")),
    Term("FS", "Full shot", "全景", ("full", "小全景", "小全")),
    Term(
        "MLS",
        "Medium long shot",
        "中全景",
        (
            "MWS",
            "medium full shot",
            "medium wide shot",
            "medium long",
            "cowboy shot",
            "cowboy",
            "american shot",
            "三分之二景",
        ),
    ),
    Term("MS", "Medium shot", "中景", ("medium", "mid shot", "waist shot", "半身")),
    Term("MCU", "Medium close-up", "近景", ("medium close up", "medium close", "中近景", "chest shot")),
    Term("CU", "Close-up", "特写", ("close up", "closeup", "close", "close shot", "close on", "面部特写")),
    Term(
        "ECU",
        "Extreme close-up",
        "大特写",
        ("extreme close up", "extreme closeup", "BCU", "VCU", "XCU", "big close-up", "macro"),
    ),
)

FRAMINGS = Vocabulary(
    "framing",
    Term("single", "Single", "单人", ("one shot", "1S", "clean single")),
    Term("two-shot", "Two-shot", "双人", ("two shot", "2S", "2-shot", "two", "双人镜头", "M2S")),
    Term("group", "Group", "群像", ("group shot", "三人", "多人", "群戏", "three-shot", "three shot")),
    Term(
        "OTS",
        "Over the shoulder",
        "过肩",
        ("over the shoulder shot", "over-the-shoulder", "over shoulder", "过肩镜头", "拉背"),
    ),
    Term("POV", "POV", "主观", ("point of view", "p.o.v.", "主观镜头", "主观视角")),
    Term("insert", "Insert", "插入", ("插入镜头", "cutaway", "detail", "空镜特写")),
    Term("establishing", "Establishing", "建立", ("建立镜头", "establishing shot", "空镜", "est")),
)

ANGLES = Vocabulary(
    "angle",
    Term("eye-level", "Eye level", "平视", ("eye level", "平拍", "平角")),
    Term("high", "High", "俯拍", ("high angle", "slight high", "slightly high", "俯视", "俯", "高角度")),
    Term("low", "Low", "仰拍", ("low angle", "slight low", "slightly low", "仰视", "仰", "低角度")),
    Term(
        "overhead",
        "Overhead",
        "顶拍",
        ("top", "top shot", "bird's eye", "birds eye", "bird's-eye", "god's eye", "鸟瞰", "俯瞰", "航拍"),
    ),
    Term("dutch", "Dutch", "斜角", ("dutch angle", "canted", "倾斜", "荷兰角")),
    Term("worms-eye", "Worm's-eye", "极低角", ("worm's eye", "worms eye")),
)

MOVEMENTS = Vocabulary(
    "movement",
    Term("static", "Static", "固定", ("fixed", "locked", "locked off", "sticks", "定")),
    Term("push-in", "Push in", "推", ("dolly in", "push", "slow push", "slow push in", "缓推", "推镜", "推近", "推进")),
    Term("pull-out", "Pull out", "拉", ("dolly out", "pull", "pull back", "缓拉", "拉镜", "拉远", "拉开")),
    Term("pan", "Pan", "摇", ("pan left", "pan right", "摇镜", "左摇", "右摇", "横摇")),
    Term("tilt", "Tilt", "竖摇", ("tilt up", "tilt down", "俯仰", "上摇", "下摇")),
    Term("track", "Track", "移", ("truck", "tracking", "tracking back", "dolly", "移镜", "横移", "平移")),
    Term("follow", "Follow", "跟", ("following", "跟拍", "跟镜", "跟移")),
    Term(
        "crane",
        "Crane",
        "升降",
        ("crane up", "crane down", "pedestal", "boom", "升降（降）", "升降（升）", "升", "降", "drone"),
    ),
    Term("zoom", "Zoom", "变焦", ("zoom in", "zoom out")),
    Term("whip-pan", "Whip pan", "甩", ("whip", "swish pan", "甩镜")),
    Term("handheld", "Handheld", "手持", ("hand-held", "hand held", "shoulder")),
    Term("orbit", "Orbit", "环绕", ("arc", "360")),
    Term("rack-focus", "Rack focus", "移焦", ("rack", "focus pull", "变焦点")),
)

INT_EXT = Vocabulary(
    "int_ext",
    Term("INT", "INT", "内", ("int.", "interior", "内景", "室内")),
    Term("EXT", "EXT", "外", ("ext.", "exterior", "外景", "室外")),
    Term(
        "INT/EXT",
        "INT/EXT",
        "内/外",
        ("int./ext.", "int./ext", "i/e", "i/e.", "ext/int", "内外", "内外景", "内/外景", "外/内"),
    ),
)

TIMES = Vocabulary(
    "time_of_day",
    Term("DAY", "DAY", "日", ("白天", "日景", "上午", "下午", "中午", "noon", "afternoon", "morning")),
    Term("NIGHT", "NIGHT", "夜", ("夜晚", "夜景", "晚上", "深夜", "晚", "evening", "midnight")),
    Term("DAWN", "DAWN", "晨", ("清晨", "黎明", "早晨", "早", "sunrise")),
    Term("DUSK", "DUSK", "昏", ("黄昏", "傍晚", "sunset", "magic hour", "傍")),
    Term("CONTINUOUS", "CONTINUOUS", "接上场", ("连续", "接上", "cont", "cont'd")),
    Term("LATER", "LATER", "稍后", ("moments later", "片刻后", "later that day")),
    Term("SAME", "SAME", "同时", ("same time",)),
)

PLACEMENTS = Vocabulary(
    "placement",
    Term("left", "Left", "左"),
    Term("centre", "Centre", "中", ("center", "middle")),
    Term("right", "Right", "右"),
    Term("foreground-left", "Foreground left, from behind", "前景左（背）"),
    Term("foreground-right", "Foreground right, from behind", "前景右（背）"),
)

GAZES = Vocabulary(
    "gaze",
    Term("camera", "To camera", "看镜头"),
    Term("left", "Left", "看左"),
    Term("right", "Right", "看右"),
    Term("down", "Down", "低头"),
    Term("up", "Up", "抬头"),
    Term("away", "Away from us", "背对"),
)

PARTS = Vocabulary(
    "part",
    Term("face", "Face", "面部", ("person",)),
    Term("back", "Back", "背影", ("背部", "back of head", "from behind")),
    Term("hand", "Hand", "手部", ("hands", "手")),
    Term("feet", "Feet", "脚部", ("foot", "脚", "shoes", "腿部")),
    Term("figure", "Figure, too far to know", "远处人影", ("silhouette", "剪影", "人影")),
)

STATUSES = Vocabulary(
    "status",
    Term("planned", "Planned", "待拍"),
    Term("rendered", "Rendered", "已出图"),
    Term("approved", "Approved", "已定稿", ("circled",)),
    Term("omitted", "Omitted", "已删", ("OMITTED",)),
)
