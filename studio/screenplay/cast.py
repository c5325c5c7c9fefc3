"""Who is in a script: spellings of one person merged, and who is named in a line of action.

Known people come from cues, from cast lists and from introductions (`MAYA LIN (26)`, `林晚（27岁）`), from nowhere else:
an upper-case prop or a shot marking is nobody.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studio.screenplay.cues import is_crowd
from studio.screenplay.lines import half, has_cjk, tidy, title_case, word_set

_TOKEN = re.compile(r"[A-Za-z\u00c0-\u024f]+|\d+")
_QUALIFIERS = word_set("young old older younger little teen teenage baby future past fake ghost dead real")
_TITLES = word_set(
    "dr doctor mr mrs ms miss mister detective inspector officer sergeant captain lieutenant agent professor "
    "judge sir lady madam father sister uncle aunt nurse chef king queen prince princess president"
)
ROLES = word_set(
    "man woman boy girl child kid guard cop nurse doctor waiter waitress driver bartender clerk officer "
    "soldier maid butler lawyer judge priest teacher student stranger bride groom mother father assassin thief"
)
_INTRO_EN = re.compile(
    r"(?<![A-Za-z])((?:[A-Z][A-Z'’.\-]{0,20}[A-Z.] ){0,3}[A-Z][A-Z'’\-]{0,20}[A-Z]),? ?"
    r"\((?=[^()]{0,24}?(?:\d|teen|twenties|thirties|forties|fifties|sixties|seventies))"
)
_INTRO_ZH = re.compile(r"([\u4e00-\u9fff·]{2,12})\((?=[^()]{0,12}?[\d一二三四五六七八九十]+多?岁)")


@dataclass(frozen=True, slots=True)
class _Spelling:
    form: str
    name: str
    role: bool


class Cast:
    """The people of a script, each under one display name.

    English names are shown in title case in the form that cues use most (`MAYA LIN (26)` + `MAYA` → Maya), Chinese
    ones as written. `named_in` is linear in the text.
    """

    def __init__(self, cues: Iterable[str], listed: Iterable[str], actions: Iterable[str]):
        spoken = Counter(cue for cue in cues if cue)
        names = list(dict.fromkeys([*spoken, *listed]))
        known_zh = {name for name in names if has_cjk(name)}
        introduced = list(dict.fromkeys(intro for action in actions for intro in introductions(action, known_zh)))
        self._names: dict[str, str] = {}
        full = [*introduced, *(name for name in names if len(_tokens(name)) >= 2 or len(name) >= 3)]
        owner = _owners(names, list(dict.fromkeys(full)), {_key(name) for name in introduced})
        groups: dict[str, list[str]] = defaultdict(list)
        for form in (*names, *introduced):
            groups[owner.get(_key(form), _key(form))].append(form)
        for forms in groups.values():
            shown = title_case(max(forms, key=lambda form: spoken[form]))
            for form in forms:
                self._names.setdefault(_key(form), shown)
        self._english: dict[str, list[tuple[tuple[str, ...], _Spelling]]] = defaultdict(list)
        self._chinese: dict[str, list[_Spelling]] = defaultdict(list)
        for forms in groups.values():
            for form in dict.fromkeys(forms):
                self._learn(form)
        for spellings in self._english.values():
            spellings.sort(key=lambda pair: -len(pair[0]))
        for spellings in self._chinese.values():
            spellings.sort(key=lambda spelling: -len(spelling.form))

    def _learn(self, form: str) -> None:
        shown = self._names[_key(form)]
        if has_cjk(form):
            if len(form) >= 2:  # a name of one character would be found in half the words of the language
                self._chinese[form[:2]].append(_Spelling(form, shown, False))
        elif tokens := _tokens(form):
            role = any(token in ROLES for token in tokens)
            self._english[tokens[0]].append((tokens, _Spelling(form, shown, role)))

    def display(self, name: str) -> str:
        """The display name of a cue's name; a stranger's in title case."""
        return self._names.get(_key(name)) or title_case(tidy(name))

    def find(self, name: str) -> str | None:
        """The display name, where somebody is known by exactly this name."""
        return self._names.get(_key(name))

    def named_in(self, text: str) -> list[str]:
        """Display names of those named in `text`, in order, each once."""
        return list(dict.fromkeys(name for _, _, name in self.mentions(text)))

    def mentions(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, display name) of every mention in `text`, in order."""
        return sorted([*self._mentions_en(text), *self._mentions_zh(text)])

    def _mentions_en(self, text: str) -> Iterator[tuple[int, int, str]]:
        found = list(_TOKEN.finditer(text)) if self._english else []
        words = [match[0].casefold() for match in found]
        at = 0
        while at < len(found):
            for tokens, spelling in self._english.get(words[at], ()):
                span = found[at : at + len(tokens)]
                if tuple(words[at : at + len(tokens)]) != tokens:
                    continue
                # 'will' is a word and 'Will' a man; 'the guard' is the guard
                if spelling.role or all(not match[0][0].islower() for match in span):
                    yield span[0].start(), span[-1].end(), spelling.name
                    at += len(tokens) - 1
                    break
            at += 1

    def _mentions_zh(self, text: str) -> Iterator[tuple[int, int, str]]:
        at = 0
        while self._chinese and at < len(text) - 1:
            for spelling in self._chinese.get(text[at : at + 2], ()):
                if text.startswith(spelling.form, at):
                    yield at, at + len(spelling.form), spelling.name
                    at += len(spelling.form) - 1
                    break
            at += 1


def _tokens(name: str) -> tuple[str, ...]:
    return tuple(match[0].casefold() for match in _TOKEN.finditer(name))


def _key(name: str) -> str:
    return tidy(half(name)).casefold()


def introductions(action: str, known: Iterable[str] = ()) -> list[str]:
    """Full names introduced with an age in a line of action: 'MAYA LIN', '林晚'."""
    names = []
    if "(" in (flat := half(action)):
        names = [match[1].strip() for match in _INTRO_EN.finditer(flat)]
        for match in _INTRO_ZH.finditer(flat):
            written = match[1]
            ending = [name for name in known if written.endswith(name)]
            if ending:
                names.append(max(ending, key=len))
            elif len(written) <= 4 and not written.startswith(("一", "这", "那", "有")):
                names.append(written)
    return [name for name in names if not is_crowd(name)]


def _owners(names: list[str], full: list[str], introduced: set[str]) -> dict[str, str]:
    """Which longer name each short one belongs to: by its first word, else by its last, where that is one only."""
    first: dict[str, set[str]] = defaultdict(set)
    last: dict[str, set[str]] = defaultdict(set)
    for name in full:
        key, tokens = _key(name), _tokens(name)
        if has_cjk(name):
            if len(name) == 3:
                last[name[1:]].add(key)
        elif len(tokens) >= 2 and not any(token.isdigit() for token in tokens):
            if tokens[0] not in _QUALIFIERS | ROLES | _TITLES:
                if key in introduced or len(tokens) == 2:
                    first[tokens[0]].add(key)
                if key in introduced:
                    last[tokens[-1]].add(key)
            elif tokens[0] in _TITLES:
                last[tokens[-1]].add(key)
    owner: dict[str, str] = {}
    for name in sorted(names, key=lambda name: -len(name)):  # 'Detective Rivera' before 'Rivera'
        tokens = [token for token in _tokens(name) if token not in _TITLES] or list(_tokens(name))
        short = name if has_cjk(name) else tokens[0] if len(tokens) == 1 else ""
        if not short or short in ROLES:
            continue
        for longer in (first[short], last[short]):
            people = {owner.get(key, key) for key in longer - {_key(name)}}
            if len(people) == 1:
                owner[_key(name)] = people.pop()
                break
    return owner
