"""A translation model in the published layout, small enough to be taught a handful of sentences in seconds."""

import json
from pathlib import Path

import sentencepiece
import torch
from transformers import MarianConfig, MarianMTModel, MarianTokenizer

TAUGHT = {
    "大雨。": "Heavy rain.",
    "门灯骤亮。": "The porch light comes on.",
    "Tom站在门口。": "Tom stands at the door.",
    "Tom拿着旧信，抱住Mary。": "Tom holds an old letter and embraces Mary.",
}


def make(folder: Path) -> Path:
    """Train the tokenizers and the model, and save them as a hub's folder has them."""
    folder.mkdir(parents=True)
    for side, lines in (("source", TAUGHT.keys()), ("target", TAUGHT.values())):
        with (folder / f"{side}.spm").open("wb") as file:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(lines),
                model_writer=file,
                vocab_size=200,
                model_type="unigram",
                hard_vocab_limit=False,
                character_coverage=1.0,
                minloglevel=2,
            )
    pieces = ["</s>", "<unk>"]
    for side in ("source", "target"):
        spm = sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{side}.spm"))
        pieces += [spm.id_to_piece(n) for n in range(spm.get_piece_size())]
    vocabulary = [*dict.fromkeys(piece for piece in pieces if piece != "<s>"), "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({piece: n for n, piece in enumerate(vocabulary)}))
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "zho", "target_lang": "eng"}))
    tokenizer = MarianTokenizer.from_pretrained(folder)
    _taught(tokenizer, len(vocabulary)).save_pretrained(folder)
    return folder


def _taught(tokenizer: MarianTokenizer, words: int) -> MarianMTModel:
    torch.manual_seed(4)
    model = MarianMTModel(
        MarianConfig(
            vocab_size=words, d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
            decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=96,
            pad_token_id=words - 1, eos_token_id=0, forced_eos_token_id=0, decoder_start_token_id=words - 1,
            dropout=0.0, scale_embedding=True,
        )
    )  # fmt: skip
    lesson = tokenizer(list(TAUGHT), text_target=list(TAUGHT.values()), return_tensors="pt", padding=True)
    labels = lesson.pop("labels")
    labels[labels == words - 1] = -100
    steps = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(150):
        steps.zero_grad()
        loss = model(**lesson, labels=labels).loss
        loss.backward()
        steps.step()
    return model.eval()
