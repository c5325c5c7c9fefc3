"""Every part that is published, with the publishers' own sizes and SHA-256 sums.

A number that was not to be found is None, never guessed; `weights check` then says that no published hash is known.
"""

from storage.errors import Message
from studio.weights.licences import APACHE, CC_BY, FACEID, HYPER, INSIGHTFACE, INSTANTID, MIT, OPENRAIL, Licence
from studio.weights.manifest import Part, PublishedFile

BASE = "base/sdxl-base-1.0"
_SDXL = "stabilityai/stable-diffusion-xl-base-1.0"
_SDXL_REVISION = "462165984030d82259a11f4367a4eed129e94a7b"

# (path, bytes, SHA-256): the configurations and tokenizers of SDXL
_SDXL_TEXTS = (
    ("model_index.json", 609, "6d7b93508390ab91ac5bfbe4aeb4dc2d83f7bb1b05fb069d714b5b0c75f70d44"),
    ("scheduler/scheduler_config.json", 479, "af3e45a949aff8b8341ab8b811429ec03fee857a700a1d9477363e4fff9666e2"),
    ("text_encoder/config.json", 565, "39b8b2e4b1949e36969caa425b6c81c68bace99198dd9078ce05d16ad401fe7f"),
    ("text_encoder_2/config.json", 575, "a892d1c3a69a7e9247a24de2bc1d5891e3109a54696e53be20093af671072c34"),
    ("tokenizer/merges.txt", 524_619, "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a"),
    ("tokenizer/special_tokens_map.json", 472, "c4864a9376a8401918425bed71fc14fc0e81f9b59ec45c1cf96cccb2df508eac"),
    ("tokenizer/tokenizer_config.json", 737, "19d7b034cb0cc3ce9766c2231373ab8aa8991fc72e2c8f76558bfaae3de0d563"),
    ("tokenizer/vocab.json", 1_059_962, "e089ad92ba36837a0d31433e555c8f45fe601ab5c221d4f607ded32d9f7a4349"),
    ("tokenizer_2/merges.txt", 524_619, "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a"),
    ("tokenizer_2/special_tokens_map.json", 460, "f118ab3a983206e4f32583448de6bd6aae4ee21869135cef1f5848a753cdaab6"),
    ("tokenizer_2/tokenizer_config.json", 725, "c9d23941f76a41cbd50eda9290f57be7828f0a7a677939e9ef181f7e12bd1bdf"),
    ("tokenizer_2/vocab.json", 1_059_962, "e089ad92ba36837a0d31433e555c8f45fe601ab5c221d4f607ded32d9f7a4349"),
    ("unet/config.json", 1_680, "30ebc70750223e59006f7f2b4e1e6c102570aa19a9c4ae3e1fbe7591332dbae6"),
    ("vae/config.json", 642, "0b331c8ac22ded5f9997a144a575c1d113d6169aff262c353f39015bd24a6264"),
)


def _sdxl_texts(folder: str) -> tuple[PublishedFile, ...]:
    return tuple(PublishedFile(path, f"{folder}/{path}", size, sha256) for path, size, sha256 in _SDXL_TEXTS)


def _half(path: str, size: int, sha256: str) -> PublishedFile:
    """A file of SDXL's fp16 variant, which goes to the name that loaders look for without asking for a variant."""
    return PublishedFile(path.replace(".safetensors", ".fp16.safetensors"), f"{BASE}/{path}", size, sha256)


def _face_pack(name: str, detector: str, recogniser: PublishedFile, source: str = "") -> tuple[PublishedFile, ...]:
    """The two models of a pack that the studio uses: the detector is the same in both packs, by another name."""
    return (
        PublishedFile(
            f"{source}{detector}",
            f"faces/{name}/{detector}",
            16_923_827,
            "5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91",
        ),
        recogniser,
    )


def _lora(
    name: str, purpose: Message, repository: str, source: str, size: int | None, sha256: str, licence: Licence
) -> Part:
    place = f"few-step/{name}.safetensors"
    return Part(
        f"few-step/{name}", place, purpose, repository, "main", licence, (PublishedFile(source, place, size, sha256),)
    )


def _control(name: str, purpose: Message, repository: str, licence: Licence, weights: PublishedFile) -> Part:
    folder = f"control/{name}"
    files = (PublishedFile("config.json", f"{folder}/config.json"), weights)
    return Part(f"control/{name}", folder, purpose, repository, "main", licence, files)


def _adapter(name: str, purpose: Message, file: str, size: int, sha256: str) -> Part:
    published = PublishedFile(f"sdxl_models/{file}", f"ip-adapter/{file}", size, sha256)
    return Part(f"ip-adapter/{name}", published.place, purpose, "h94/IP-Adapter", "main", APACHE, (published,))


def _faceid(name: str, purpose: Message, stem: str, size: int | None, sha256: str) -> Part:
    instead = f"ip-adapter/{stem}.safetensors"
    published = PublishedFile(f"{stem}.bin", f"ip-adapter/{stem}.bin", size, sha256, instead)
    return Part(f"ip-adapter/{name}", instead, purpose, "h94/IP-Adapter-FaceID", "main", FACEID, (published,))


_PARTS = (
    Part(
        BASE,
        BASE,
        Message("SDXL base 1.0, the model that paints", "SDXL base 1.0 底模"),
        _SDXL,
        _SDXL_REVISION,
        OPENRAIL,
        (
            *_sdxl_texts(BASE),
            _half(
                "text_encoder/model.safetensors",
                246_144_152,
                "660c6f5b1abae9dc498ac2d21e1347d2abdb0cf6c0c0c8576cd796491d9a6cdd",
            ),
            _half(
                "text_encoder_2/model.safetensors",
                1_389_382_176,
                "ec310df2af79c318e24d20511b601a591ca8cd4f1fce1d8dff822a356bcdb1f4",
            ),
            _half(
                "unet/diffusion_pytorch_model.safetensors",
                5_135_149_760,
                "83e012a805b84c7ca28e5646747c90a243c65c8ba4f070e2d7ddc9d74661e139",
            ),
            _half(
                "vae/diffusion_pytorch_model.safetensors",
                167_335_342,
                "bcb60880a46b63dea58e9bc591abe15f8350bde47b405f9c38f4be70c6161e68",
            ),
        ),
    ),
    Part(
        "sdxl-config",
        "sdxl-config",
        Message(
            "configurations and tokenizers of SDXL, for checkpoints that are a single file",
            "SDXL 的配置与分词器，单文件底模需要",
        ),
        _SDXL,
        _SDXL_REVISION,
        OPENRAIL,
        _sdxl_texts("sdxl-config"),
    ),
    Part(
        "vae",
        "vae",
        Message("a VAE that decodes in half precision without black frames", "可用半精度解码、不出黑图的 VAE"),
        "madebyollin/sdxl-vae-fp16-fix",
        "207b116dae70ace3637169f1ddd2434b91b3a8cd",
        MIT,
        (
            PublishedFile(
                "config.json",
                "vae/config.json",
                631,
                "f18b16fa4381c90ab44a3d7abd2e90afd05a2c31b8ca69998bc93c6453aeb7b7",
            ),
            PublishedFile(
                "diffusion_pytorch_model.safetensors",
                "vae/diffusion_pytorch_model.safetensors",
                334_643_238,
                "1b909373b28f2137098b0fd9dbc6f97f8410854f31f84ddc9fa04b077b0ace2c",
            ),
        ),
    ),
    Part(
        "instantid",
        "instantid",
        Message("InstantID: a face from one photo, and where it looks", "InstantID：由一张照片保持人物面孔与朝向"),
        "InstantX/InstantID",
        "57b32dfee076092ad2930c71fd6d439c2c3b1820",
        INSTANTID,
        (
            PublishedFile(
                "ip-adapter.bin",
                "instantid/ip-adapter.bin",
                1_691_134_141,
                "02b3618e36d803784166660520098089a81388e61a93ef8002aa79a5b1c546e1",
                "instantid/ip-adapter.safetensors",
            ),
            PublishedFile(
                "ControlNetModel/config.json",
                "instantid/ControlNetModel/config.json",
                1_376,
                "2480c42f363d712faae8d0e17cb850a5d1e4cafc232fbd022b1d43eee45234eb",
            ),
            PublishedFile(
                "ControlNetModel/diffusion_pytorch_model.safetensors",
                "instantid/ControlNetModel/diffusion_pytorch_model.safetensors",
                2_502_139_136,
                "c8127be9f174101ebdafee9964d856b49b634435cf6daa396d3f593cf0bbbb05",
            ),
        ),
    ),
    _adapter(
        "plain",
        Message("image prompts: the whole picture", "图像提示：整体画面"),
        "ip-adapter_sdxl_vit-h.safetensors",
        698_391_064,
        "ebf05d918348aec7abb02a5e9ecef77e0aaea6914a5c4ea13f50d45eb1681831",
    ),
    _adapter(
        "plus",
        Message("image prompts: finer, for looks and plates", "图像提示：更细致，适合造型与场景"),
        "ip-adapter-plus_sdxl_vit-h.safetensors",
        847_517_512,
        "3f5062b8400c94b7159665b21ba5c62acdcd7682262743d7f2aefedef00e6581",
    ),
    _adapter(
        "plus-face",
        Message("image prompts: a face from its cropped photo", "图像提示：由裁剪的人脸照片保持面孔"),
        "ip-adapter-plus-face_sdxl_vit-h.safetensors",
        847_517_512,
        "677ad8860204f7d0bfba12d29e6c31ded9beefdf3e4bbd102518357d31a292c1",
    ),
    _faceid(
        "faceid",
        Message("a face from its embedding", "由人脸特征保持面孔"),
        "ip-adapter-faceid_sdxl",
        None,
        "f455fed24e207c878ec1e0466b34a969d37bab857c5faa4e8d259a0b4ff63d7e",
    ),
    _faceid(
        "faceid-plusv2",
        Message("a face from its embedding and its picture", "由人脸特征与照片共同保持面孔"),
        "ip-adapter-faceid-plusv2_sdxl",
        1_487_555_181,
        "c6945d82b543700cc3ccbb98d363b837e9c596281607857c74b713a876daf5fb",
    ),
    Part(
        "ip-adapter/image-encoder",
        "ip-adapter/image_encoder",
        Message("the CLIP image encoder (ViT-H) of image prompts", "图像提示所用的 CLIP 图像编码器（ViT-H）"),
        "h94/IP-Adapter",
        "main",
        APACHE,
        (
            PublishedFile("models/image_encoder/config.json", "ip-adapter/image_encoder/config.json"),
            PublishedFile(
                "models/image_encoder/model.safetensors",
                "ip-adapter/image_encoder/model.safetensors",
                2_528_373_448,
                "6ca9667da1ca9e0b0f75e46bb030f7e011f44f86cbfb8d5a36590fcd7507b030",
            ),
        ),
    ),
    Part(
        "antelopev2",
        "faces/antelopev2",
        Message("the face recogniser that InstantID was trained with", "InstantID 训练所用的人脸识别模型"),
        "MonsterMMORPG/tools",
        "main",
        INSIGHTFACE,
        _face_pack(
            "antelopev2",
            "scrfd_10g_bnkps.onnx",
            PublishedFile(
                "glintr100.onnx",
                "faces/antelopev2/glintr100.onnx",
                260_665_334,
                "4ab1d6435d639628a6f3e5008dd4f929edf4c4124b1a7169e1048f9fef534cdf",
            ),
        ),
        PublishedFile(
            "antelopev2.zip",
            "faces/antelopev2.zip",
            360_662_982,
            "8e182f14fc6e80b3bfa375b33eb6cff7ee05d8ef7633e738d1c89021dcf0c5c5",
        ),
    ),
    Part(
        "buffalo_l",
        "faces/buffalo_l",
        Message(
            "another face recogniser: FaceID needs it, and it judges InstantID's frames",
            "另一人脸识别模型：FaceID 需要它，也用于评判 InstantID 的画面",
        ),
        "public-data/insightface",
        "33c1063c49c785b7652d3fd529f86fa4f149392b",
        INSIGHTFACE,
        _face_pack(
            "buffalo_l",
            "det_10g.onnx",
            PublishedFile(
                "models/buffalo_l/w600k_r50.onnx",
                "faces/buffalo_l/w600k_r50.onnx",
                174_383_860,
                "4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43",
            ),
            "models/buffalo_l/",
        ),
    ),
    _lora(
        "lcm",
        Message("few-step drafts: LCM", "少步数草稿：LCM"),
        "latent-consistency/lcm-lora-sdxl",
        "pytorch_lora_weights.safetensors",
        393_855_224,
        "a764e6859b6e04047cd761c08ff0cee96413a8e004c9f07707530cd776b19141",
        OPENRAIL,
    ),
    _lora(
        "lightning-4",
        Message("few-step drafts: Lightning in 4 steps", "少步数草稿：Lightning 4 步"),
        "ByteDance/SDXL-Lightning",
        "sdxl_lightning_4step_lora.safetensors",
        393_854_592,
        "bf56cf2657efb15e465d81402ed481d1e11c4677e4bcce1bc11fe71ad8506b79",
        OPENRAIL,
    ),
    _lora(
        "lightning-8",
        Message("few-step drafts: Lightning in 8 steps", "少步数草稿：Lightning 8 步"),
        "ByteDance/SDXL-Lightning",
        "sdxl_lightning_8step_lora.safetensors",
        393_854_592,
        "5aa30d94cdf7950a8b53a693682650ee061eddb128c5435a8f88defea73b2ac6",
        OPENRAIL,
    ),
    _lora(
        "hyper-8",
        Message("few-step drafts: Hyper-SD in 8 steps", "少步数草稿：Hyper-SD 8 步"),
        "ByteDance/Hyper-SD",
        "Hyper-SDXL-8steps-lora.safetensors",
        787_359_648,
        "ca689190e8c46038550384b5675488526cfe5a40d35f82b27acb75c100f417c1",
        HYPER,
    ),
    _control(
        "canny",
        Message("edges of a drawing as guide", "以线稿边缘引导构图"),
        "diffusers/controlnet-canny-sdxl-1.0",
        OPENRAIL,
        PublishedFile(
            "diffusion_pytorch_model.fp16.safetensors",
            "control/canny/diffusion_pytorch_model.safetensors",
            2_502_139_136,
            "b2e7d3921058a442cc80430d1ec8847f42599c705e2451c95e77cf4dcf8d6c25",
        ),
    ),
    _control(
        "depth",
        Message("a depth map as guide (the small network)", "以深度图引导构图（小型网络）"),
        "diffusers/controlnet-depth-sdxl-1.0-small",
        OPENRAIL,
        PublishedFile(
            "diffusion_pytorch_model.fp16.safetensors",
            "control/depth/diffusion_pytorch_model.safetensors",
            320_237_179,
            "6f23c58fd632f52238a7b35ebdc02f9f596fd13dbaa121f9b37b9f4689c2b1e9",
        ),
    ),
    _control(
        "pose",
        Message("a skeleton of the body as guide", "以人体骨架引导姿势"),
        "xinsir/controlnet-openpose-sdxl-1.0",
        APACHE,
        PublishedFile(
            "diffusion_pytorch_model.safetensors",
            "control/pose/diffusion_pytorch_model.safetensors",
            2_502_139_104,
            "b8524e557a7df60d081f5d4a0eb109967d107df217943bf88c2d99b9ebcc06c5",
        ),
    ),
    Part(
        "translate/zh-en",
        "translate/zh-en",
        Message("Chinese descriptions into English prompts", "把中文描述译成英文提示词"),
        "Helsinki-NLP/opus-mt-zh-en",
        "cf109095479db38d6df799875e34039d4938aaa6",
        CC_BY,
        (
            *(
                PublishedFile(name, f"translate/zh-en/{name}")
                for name in ("config.json", "source.spm", "target.spm", "vocab.json", "tokenizer_config.json")
            ),
            PublishedFile(
                "pytorch_model.bin", "translate/zh-en/pytorch_model.bin", instead="translate/zh-en/model.safetensors"
            ),
        ),
    ),
)

PARTS: dict[str, Part] = {part.name: part for part in _PARTS}

# what an engine needs with its usual options; BASE stands for any checkpoint. The VAE is for cards: in half precision
# SDXL's own makes black frames.
ENGINE_PARTS: dict[str, tuple[str, ...]] = {
    "instantid": (BASE, "vae", "instantid", "antelopev2"),
    "ip-adapter": (BASE, "vae", "ip-adapter/plus-face", "ip-adapter/plus", "ip-adapter/image-encoder"),
    "adapters": (BASE, "vae"),
}
