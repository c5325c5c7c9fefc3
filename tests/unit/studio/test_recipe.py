"""A request survives JSON, and its key changes with everything that would change the picture, and nothing else."""

import json
from dataclasses import fields, replace

from hypothesis import given
from made_requests import request, requests, subject

from studio.engines import ENGINES, EngineCard, RenderRequest, Start
from studio.recipe import from_json, recipe_key, to_json

Engine = EngineCard("toy", "1", None, False)
Newer = replace(Engine, version="2")


@given(requests)
def test_a_request_comes_back_from_json_as_it_was(made):
    again = from_json(json.loads(json.dumps(to_json(made))))
    assert again == made and recipe_key(again, Engine) == recipe_key(made, Engine)


@given(requests, requests)
def test_two_requests_have_one_key_only_if_they_are_equal(one, other):
    assert (recipe_key(one, Engine) == recipe_key(other, Engine)) == (one == other)


def test_every_field_counts_and_so_does_the_engine_s_version():
    plain = request(subject("Ann", "a" * 32, 400.0))
    other = request(subject("Bo", "b" * 32, 100.0), subject("Cy", "", 700.0))
    changed = replace(
        other, width=720, height=1280, prompt="p", negative_prompt="n", seed=2, plate="f" * 64, style="colour",
        options={"grain": 1}, start=Start("e" * 64, 0.5), staging=replace(other.staging, size="CU"),
    )  # fmt: skip
    keys = {recipe_key(plain, Engine), recipe_key(plain, Newer)}
    for field in fields(RenderRequest):
        keys.add(recipe_key(replace(plain, **{field.name: getattr(changed, field.name)}), Engine))
    assert len(keys) == 2 + len(fields(RenderRequest))


def test_the_key_is_the_same_on_every_machine():
    # recorded once: were it to change, every take already rendered would be rendered again
    key = recipe_key(request(subject("Ann", "a" * 32, 400.0)), Engine)
    assert key == RECORDED


RECORDED = "d0475ea451412bc4d6c206fd17979a50fe3774c269b10b03f602c1fb7187c660"


def test_every_part_of_a_start_counts():
    plain = request(subject("Ann", "a" * 32, 400.0))
    starts = [Start("e" * 64, 0.5), Start("f" * 64, 0.5), Start("e" * 64, 0.4), Start("e" * 64, 0.5, "a" * 32)]
    assert len({recipe_key(replace(plain, start=start), Engine) for start in (None, *starts)}) == 5
    assert all(from_json(to_json(replace(plain, start=start))).start == start for start in starts)


def test_every_engine_says_what_a_key_needs():
    from studio.catalog import load

    for name in ENGINES:
        engine = load(ENGINES, name, "engine")
        assert engine.name == name and engine.styles and engine.Options().model_dump() is not None
