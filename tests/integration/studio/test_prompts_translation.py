"""Descriptions translated by a model on this machine, from the folder to the shot; the model is a tiny one that was taught."""

import json
import pickle
import shutil
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from tiny_marian import TAUGHT, make
from transformers import MarianMTModel, MarianTokenizer

from storage.errors import ResourceMissing
from studio.settings import Settings
from studio.studio import Studio
from studio.translation import Translator, sentences

pytestmark = [
    pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses"),
    pytest.mark.filterwarnings("ignore:Detected pickle protocol"),
]

ZH = ("--series", "第七封信", "--episode", "1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("weights") / "translate/zh-en")


@pytest.fixture(scope="module")
def translator(folder: Path) -> Translator:
    return Translator.open(folder)


def test_what_it_was_taught_comes_out_alone_together_and_again(translator):
    assert translator.translate(list(TAUGHT)) == list(TAUGHT.values())
    assert translator.translate(["大雨。门灯骤亮。", "", " \n"]) == ["Heavy rain. The porch light comes on.", "", ""]
    odd = ["旧门在大雨", "Zorblax", "旧门在大雨", "门灯" * 70]
    together = translator.translate(odd)
    assert together == [translator.translate([text])[0] for text in odd] and together[0] == together[2]


def test_it_says_what_transformers_own_generation_says(folder, translator):
    model, tokenizer = MarianMTModel.from_pretrained(folder).eval(), MarianTokenizer.from_pretrained(folder)
    for text in (*TAUGHT, "旧门灯抱住大雨"):
        read = tokenizer([text], return_tensors="pt")
        said = model.generate(**read, num_beams=4, max_new_tokens=min(95, 3 * read.input_ids.shape[1] + 20))
        assert translator.translate([text]) == [tokenizer.batch_decode(said, skip_special_tokens=True)[0].strip()]


@given(st.text("门灯。，！\n ", max_size=60), st.integers(1, 12))
def test_sentences_lose_nothing_and_are_never_too_long(text, longest):
    cut = sentences(text, longest)
    assert all(0 < len(piece) <= longest for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_a_bin_is_read_as_tensors_only(folder, tmp_path, translator):
    copy = Path(shutil.copytree(folder, tmp_path / "bin"))
    torch.save(load_file(copy / "model.safetensors"), copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()
    assert Translator.open(copy).translate(["大雨。"]) == ["Heavy rain."]
    (copy / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": _Trap(tmp_path / "sprung")}))
    with pytest.raises(ResourceMissing, match="weights pull translate/zh-en"):
        Translator.open(copy)
    assert not (tmp_path / "sprung").exists()


class _Trap:
    """Makes a file where it is unpickled."""

    def __init__(self, file: Path):
        self.file = file

    def __reduce__(self):
        return Path.touch, (self.file,)


def _cut_short(copy: Path) -> None:
    whole = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(whole[: len(whole) // 2])


def _lacks_a_layer(copy: Path) -> None:
    tensors = load_file(copy / "model.safetensors")
    tensors.pop("model.decoder.layers.0.fc1.weight")
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize(
    "harm",
    [
        _cut_short,
        _lacks_a_layer,
        lambda copy: (copy / "config.json").write_text("{"),
        lambda copy: (copy / "source.spm").write_bytes(b"<html>"),
        lambda copy: (copy / "vocab.json").write_text(json.dumps({"a": 0})),
    ],
    ids=["cut", "a layer", "config", "sentencepiece", "vocabulary"],
)
def test_a_broken_model_is_refused_with_the_command_that_mends_it(folder, tmp_path, harm):
    copy = Path(shutil.copytree(folder, tmp_path / "broken"))
    harm(copy)
    with pytest.raises(ResourceMissing, match="weights pull translate/zh-en") as refused:
        Translator.open(copy)
    assert "翻译模型" in refused.value.message.zh


# -- on the shots


def _english(castlock, home: Path) -> dict[str, str]:
    return {shot["number"]: shot["english"] for shot in castlock(home, "shots", "list", *ZH)["shots"]}


def test_without_a_model_nothing_is_written_and_the_command_is_named(castlock, sample_home):
    said = castlock(sample_home, "shots", "translate", *ZH, code=3)
    assert "python -m studio weights pull translate/zh-en" in said["error"]["en"]
    assert not any(_english(castlock, sample_home).values())
    english = castlock(sample_home, "shots", "translate", "--series", "Paid in Full", "--episode", "1")["shots"]
    assert {each["outcome"] for each in english} == {"not-needed"}, "nothing to translate needs no model"


def test_descriptions_get_their_english_and_a_person_s_text_stays(castlock, sample_home, folder):
    shutil.copytree(folder, sample_home / "weights/translate/zh-en")
    first, second, third, fourth = list(_english(castlock, sample_home))[:4]
    for number, description in ((first, "大雨。"), (second, "林晚站在门口。"), (third, "林晚拿着旧信，抱住陆沉。")):
        castlock(sample_home, "shots", "set", number, *ZH, "--description", description)
    castlock(sample_home, "shots", "set", fourth, *ZH, "--english", "A person wrote this.")
    asked = ("--shots", ",".join((first, second, third, fourth)))
    done = castlock(sample_home, "shots", "translate", *ZH, *asked)["shots"]
    assert [(each["outcome"], each["english"]) for each in done] == [
        ("translated", "Heavy rain."),
        ("translated", "林晚 stands at the door."),
        ("translated", "林晚 holds an old letter and embraces 陆沉."),
        ("kept", "A person wrote this."),
    ]
    assert list(_english(castlock, sample_home).values())[:4] == [each["english"] for each in done]
    assert {each["outcome"] for each in castlock(sample_home, "shots", "translate", *ZH, *asked)["shots"]} == {"kept"}
    told = castlock(sample_home, "shots", "prompts", *ZH, *asked)["shots"]
    assert "stands at the door" in told[1]["prompt"] and "林" not in told[1]["prompt"]
    assert not {"林晚", "陆沉"} & set(told[2]["untranslated"])

    castlock(sample_home, "shots", "set", first, *ZH, "--description", "门灯骤亮。")
    assert not _english(castlock, sample_home)[first], "English of another description would be wrong"
    redone = castlock(sample_home, "shots", "translate", *ZH, "--shots", f"{first},{second}", "--again")["shots"]
    assert [(each["outcome"], each["english"]) for each in redone] == [
        ("translated", "The porch light comes on."),
        ("translated", "林晚 stands at the door."),
    ]


def test_a_text_that_somebody_writes_meanwhile_is_not_overwritten(sample_home, folder, monkeypatch):
    studio = Studio(Settings(home=sample_home, weights=folder.parents[1]))
    number = studio.shots.shots(ZH[1], 1)[0].number
    studio.shots.edit(ZH[1], 1, number, {"description": "大雨。"})
    translate = Translator.translate

    def slowly(self, texts):
        studio.shots.edit(ZH[1], 1, number, {"english": "Written meanwhile."})
        return translate(self, texts)

    monkeypatch.setattr(Translator, "translate", slowly)
    (done,) = studio.translate(ZH[1], 1, [number])
    assert done.outcome == "changed"
    assert studio.shots.shot(ZH[1], 1, number).english == "Written meanwhile."
    studio.close()
