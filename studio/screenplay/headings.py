"""Scene and episode headings, in the Chinese forms (`1-1 日 内 地点`) and as sluglines (`INT. PLACE - DAY #2#`)."""

import re
from dataclasses import dataclass

from studio.screenplay.lines import NUMERAL, half, has_cjk, has_words, numeral, tidy, title_case, word_set
from studio.vocabulary import INT_EXT, TIMES

_LONGEST = 80
_NO_BRACKETS = str.maketrans("【】[]", "    ")


@dataclass(frozen=True, slots=True)
class Heading:
    """A scene heading as far as it says: '' where it does not. cast: names that stand in the heading line itself."""

    number: str = ""
    episode: int | None = None
    int_ext: str = ""
    time_of_day: str = ""
    location: str = ""
    cast: str = ""


@dataclass(frozen=True, slots=True)
class EpisodeHeading:
    number: int
    title: str = ""
    series: str = ""


# -- Chinese -------------------------------------------------------------------------------------------------------

_EPISODE_SCENE = re.compile(rf"(?:场次?\s?[:.]?\s?)?第?([{NUMERAL}]{{1,4}})\s?[-–—]\s?(\d{{1,3}}[A-Za-z]?)(?![\w-])")
_EPISODE_SCENE_TIGHT = re.compile(r"(\d{1,3})\s?[-–—]\s?(\d{1,3}[A-Za-z]?)(?=[日夜晨昏早晚内外])")
_BOTH_WORDS = re.compile(rf"第\s?([{NUMERAL}]{{1,5}})\s?集\s?[:、,-]?\s?第\s?([{NUMERAL}]{{1,5}})\s?场")
_SCENE = re.compile(
    rf"(?:第\s?([{NUMERAL}]{{1,5}}[A-Za-z]?)\s?[场幕]|场景?\s?([{NUMERAL}]{{1,5}}[A-Za-z]?)|"
    r"场次\s?:?\s?(\d{1,4}[A-Za-z]?)|scene\s(\d{1,4}[A-Za-z]?))(?=$|[\s:、.,)\-—日夜晨昏内外])",
    re.IGNORECASE,
)
_WEAK = re.compile(r"(\d{1,3}[A-Za-z]?)\s?(?:[.、:)]|场(?=[\s:、.,日夜内外])|(?=\s))")
_TOKEN = re.compile(r"[^\s、,，。;；|:]+")
_TIGHT = re.compile(
    r"(内/外|内外|日景?|夜景?|晨|昏|黄昏|清晨|傍晚|早|晚|内景?|外景?)(内/外|内外|日景?|夜景?|晨|昏|内景?|外景?|早|晚)"
)
_DASH = re.compile(r" ?(?:[-–—]+|·) ?")
_SENTENCE = re.compile(r"[。！？!?…“”]")
_CAST_IN_HEADING = re.compile(r"[\s,、;(]*(?:出场|登场)?(?:人物|角色):")


def chinese_heading(text: str) -> Heading | None:
    """The heading in a line of a native Chinese script, or None.

    Strong: a 集-场 pair, 第N场, 场景N. Weak (`1.`, `12`) needs 内/外 or a time beside it. None at all needs 内景/外景.
    """
    text = tidy(half(text).translate(_NO_BRACKETS)).strip("# ")
    if len(text) > _LONGEST or not text:
        return None
    number, episode, strong, at = "", None, False, 0
    if (found := _BOTH_WORDS.match(text)) or (found := _EPISODE_SCENE.match(text) or _EPISODE_SCENE_TIGHT.match(text)):
        episode, number, strong, at = numeral(found[1]), _scene_number(found[2]), True, found.end()
        if episode is None:
            return None
    elif found := _SCENE.match(text):
        number, strong, at = _scene_number(next(group for group in found.groups() if group)), True, found.end()
    elif found := _WEAK.match(text):
        number, at = found[1].upper(), found.end()
    elif text[0] not in "内外室IiEe":
        return None
    rest, cast = text[at:], ""
    if split := _CAST_IN_HEADING.search(rest):
        rest, cast = rest[: split.start()], rest[split.end() :]
    rest = rest.strip(" :、.,)-—")
    int_ext, time, location, peeled = _peel(rest)
    if _SENTENCE.search(rest if strong else rest.replace("。", "")) or (not strong and "," in rest and not peeled):
        return None
    if not strong and not (peeled >= 2 or (peeled and number)) and not _opens_with_int_ext(rest):
        return None
    if not strong and (not location or len(location) > 40):
        return None
    if strong and not peeled and len(location) > 30:
        return None
    return Heading(number, episode, int_ext, time, location, cast.strip())


def _scene_number(text: str) -> str:
    letter = text[-1].upper() if text[-1].isascii() and text[-1].isalpha() else ""
    value = numeral(text[:-1] if letter else text)
    return f"{value}{letter}" if value is not None else text


def _opens_with_int_ext(rest: str) -> bool:
    first = _TOKEN.match(rest)
    return bool(first and len(first[0]) >= 2 and INT_EXT.read(first[0].strip(".")) and len(rest) > first.end())


def _peel(rest: str) -> tuple[str, str, str, int]:
    """(int_ext, time, location, how many of the first two were found) from the words after a heading's number."""
    int_ext = time = ""
    kept: list[str] = []
    for token in (match[0] for match in _TOKEN.finditer(rest)):
        word = token.strip("().-—")
        parts = [word] if INT_EXT.read(word) else [part for part in re.split(r"[/\-—·]", word) if part]
        if len(parts) == 1 and not (INT_EXT.read(word) or TIMES.read(word)) and (tight := _TIGHT.match(word)):
            parts = [tight[1], tight[2], word[tight.end() :]]
        codes = [(INT_EXT.read(part), TIMES.read(part)) for part in parts]
        if not parts or not any(codes[0]):
            kept.append(token)
            continue
        for part, (inside, when) in zip(parts, codes, strict=True):
            if inside and not int_ext:
                int_ext = inside
            elif when and not time:
                time = when
            elif part:
                kept.append(part)
    return int_ext, time, place(" ".join(kept)), bool(int_ext) + bool(time)


def place(text: str) -> str:
    """A location as the sheet shows it: Chinese parts joined by `·`, upper-case English in title case."""
    text = tidy(text)
    if has_cjk(text):
        text = _DASH.sub("·", text).strip("·-. ")
        return text.replace("(", "（").replace(")", "）")
    return title_case(text.strip(" -–—."))


# -- episodes ------------------------------------------------------------------------------------------------------

_ORDINALS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_EPISODE_ZH = re.compile(rf"(?:《([^《》]{{1,40}})》\s?)?第\s?([{NUMERAL}]{{1,6}})\s?[集话回](?!完)")
_EPISODE_EN = re.compile(rf"(?:episode|ep\.?)\s?(\d{{1,4}}|{'|'.join(_ORDINALS)})(?!\w)", re.IGNORECASE)
_TITLE = re.compile(r"《([^《》]{1,60})》(?:\s?(?:剧本|分集剧本|短剧|第一季))?$")
_END = re.compile(
    rf"[(【\[]?\s?(?:本集完|全剧终|全剧完|完|剧终|未完待续|(?:第\s?[{NUMERAL}]{{1,6}}\s?集)\s?(?:完|终|结束))\s?[)】\]]?$"
)


def episode_heading(text: str) -> EpisodeHeading | None:
    """`第3集 标题`, `《剧名》第一集：标题`, `Episode 2: Title`; None for anything else (a sentence that begins so)."""
    forced = text.lstrip().startswith(("#", "【"))
    written = tidy(text).strip("#=*-【】[] ")
    text = half(written)
    if len(text) > _LONGEST:
        return None
    series = ""
    if found := _EPISODE_ZH.match(text):
        number, series = numeral(found[2]), found[1] or ""
    elif found := _EPISODE_EN.match(text):
        word = found[1].lower()
        number = _ORDINALS.index(word) + 1 if word in _ORDINALS else int(word)
        if not forced and not text.isupper() and text[found.end() :].strip()[:1].isalnum():
            return None
    else:
        return None
    rest = text[found.end() :]
    title = written[found.end() :].strip(" ：:、.-—·|《》【】\"'“”")
    apart = not rest or not rest[0].isalnum()
    if number is None or _SENTENCE.search(title) or re.search(r"第.{1,5}场", rest):
        return None
    if not apart and (len(title) > 16 or "," in rest):
        return None
    return EpisodeHeading(number, title, series)


def series_title(text: str) -> str:
    """The title in a line that is nothing but 《...》; '' for any other line."""
    found = _TITLE.match(tidy(text).strip("# "))
    return found[1] if found else ""


def is_end(text: str) -> bool:
    """`本集完`, `（第一集 完）`, `全剧终`."""
    return _END.match(tidy(half(text))) is not None


# -- sluglines -----------------------------------------------------------------------------------------------------

_SLUG = re.compile(
    r"(int\.?\s?/\s?ext|ext\.?\s?/\s?int|i\s?/\s?e|int|ext|est|内\s?/\s?外景?|内外景?|内景|外景|内(?=[\s.:-])|外(?=[\s.:-]))[\s.。:-]+",
    re.IGNORECASE,
)
_SCENE_NUMBER = re.compile(r"#([^#\s][^#]{0,23})#$")
_SEGMENT = re.compile(r" [-–—]+ |[–—]+")
_MODIFIERS = word_set("early late later mid next the same day pre post that moments moment a few minutes hours and")


def is_slugline(text: str) -> bool:
    """Whether a line opens as a slugline does, forced (`.外景 ...`, `.SNIPER SCOPE`) or not."""
    text = half(text).strip()
    if text.startswith(".") and len(text) > 1 and text[1] != ".":
        return has_words(text)
    found = _SLUG.match(text)
    return found is not None and (found[1].isupper() or "." in found[0] or has_cjk(found[1]))


def is_forced_or_latin(text: str) -> bool:
    """Whether a slugline is one by Fountain's rules: `.` before it, or INT and EXT in Latin letters."""
    return is_slugline(text) and half(text).strip()[0].isascii()


def slugline(text: str) -> Heading:
    """`INT. PLACE - DAY #2#` or `.内景 地点 - 日 #2#` taken apart."""
    text = tidy(half(text))
    forced = text.startswith(".")
    text = text.lstrip(". ")
    number = ""
    if found := _SCENE_NUMBER.search(text):
        number, text = found[1].strip().upper(), text[: found.start()].strip()
    if forced and has_cjk(text) and not _SLUG.match(text) and (heading := chinese_heading(text)):
        return heading
    int_ext = ""
    if found := _SLUG.match(text):
        word = re.sub(r"[\s.]", "", found[1]).upper()
        int_ext = "EXT" if word == "EST" else INT_EXT.read(word) or "INT"
        text = text[found.end() :]
    segments = [segment.strip() for segment in _SEGMENT.split(text) if segment.strip()]
    time = read_time(segments[-1]) if segments else ""
    if time:
        segments.pop()
    elif has_cjk(text) and len(words := text.split()) > 1 and (time := read_time(words[-1])):
        segments = [" ".join(words[:-1])]
    return Heading(number, None, int_ext, time, place(" - ".join(segments)))


def read_time(text: str) -> str:
    """The time of day that `text` is nothing but: 'NIGHT (FLASHBACK)', 'LATE AFTERNOON', 'DAY 2'; '' otherwise."""
    text = tidy(half(text)).strip(". ")
    if code := TIMES.read(text):
        return code
    bare = tidy(re.sub(r"\([^()]*\)", "", text))
    if code := TIMES.read(bare):
        return code
    words = [word for word in re.split(r"[\s\-/]+", bare.casefold()) if word]
    codes = [code for word in words if (code := TIMES.read(word))]
    rest = [word for word in words if not TIMES.read(word) and word not in _MODIFIERS and not word.isdigit()]
    return codes[-1] if codes and not rest else ""
