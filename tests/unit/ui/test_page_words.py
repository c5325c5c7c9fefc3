"""The words table and the page agree: nothing missing, nothing over, nothing said beside it."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio.ui
from studio.ui.words import WORDS, say

ROOM = Path(studio.ui.__file__).parent
FILES = sorted(path for path in ROOM.glob("*.py") if path.name != "words.py")
TREES = {path.name: ast.parse(path.read_text()) for path in FILES}
# what a person reads: these arguments of Gradio's components, and of its messages
SHOWN = {"label", "info", "placeholder", "value"}
CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


def keys_used() -> Iterator[str]:
    """Every string constant of the page: say, label, inform and WORDS name keys, some through a table."""
    for tree in TREES.values():
        yield from (
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_say_the_same_thing_with_the_same_values(key):
    english, chinese = WORDS[key]
    assert english.strip() and chinese.strip()
    assert placeholders(english) == placeholders(chinese)
    assert not CHINESE.search(english.replace("造型", "")), "Chinese in the English words"
    assert CHINESE.search(chinese) or english == chinese, "the Chinese words are not Chinese"


def test_every_word_is_used():
    # f"{key}_note" is put together from a verdict
    together = {"composited_note", "uncast_note"}
    assert set(WORDS) - set(keys_used()) == together


def test_the_page_asks_for_no_word_that_is_missing():
    asked = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("say", "label", "inform")
            ):
                first = node.args[0]
                asked |= {first.value} if isinstance(first, ast.Constant) else set()
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "WORDS":
                asked |= {node.slice.value} if isinstance(node.slice, ast.Constant) else set()
    assert len(asked) > 60
    assert asked <= set(WORDS)


def test_whoever_asks_for_a_word_gives_the_values_it_needs():
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "inform")
            ):
                continue
            key = node.args[0]
            if isinstance(key, ast.Constant) and not any(each.arg is None for each in node.keywords):
                given = sorted(str(each.arg) for each in node.keywords)
                assert given == placeholders(WORDS[key.value][0]), f"{name}:{node.lineno} {key.value}"


def sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Words for people that stand in the code: given to a component, or Chinese anywhere but in docstrings."""
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for each in node.keywords:
                if each.arg in SHOWN and isinstance(each.value, ast.Constant) and isinstance(each.value.value, str):
                    yield node.lineno, each.value.value
            if isinstance(node.func, ast.Attribute) and node.func.attr in (
                "Info",
                "Warning",
                "Error",
                "Button",
                "Accordion",
            ):
                yield from ((node.lineno, arg.value) for arg in node.args if isinstance(arg, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield from [(node.lineno, node.value)] if CHINESE.search(node.value) else []


# a language by its own name, the studio, punctuation people type
ALLOWED = {"中文", "Castlock 定妆", "，", "、"}


@pytest.mark.parametrize("name", TREES)
def test_no_sentence_stands_beside_the_table(name):
    found = [
        (line, text)
        for line, text in sentences(TREES[name])
        if text not in ALLOWED and re.search(r"[^\W\d_]", text) and not re.fullmatch(r"\.?[a-z]+", text)
    ]
    # a port that is taken is said on the command line, in both languages at once
    if name == "page.py":
        found = [
            (line, text)
            for line, text in found
            if "无法在" not in text and "打开页面" not in text and "端口" not in text
        ]
    assert not found


def test_values_with_braces_are_not_read_as_placeholders():
    assert "{name}" in say("download", "en", name="{name}")
