"""The licences of published weights, and what must be said before they are used."""

from dataclasses import dataclass

from storage.errors import Message


@dataclass(frozen=True, slots=True)
class Licence:
    """commercial: may what is made with it be sold; None where nobody has said so clearly.

    notice: what a person must have read before the weights are used, or None where the licence asks for nothing.
    """

    name: str
    commercial: bool | None
    notice: Message | None = None


APACHE = Licence("Apache-2.0", True)
MIT = Licence("MIT", True)
CC_BY = Licence("CC-BY-4.0", True)
OPENRAIL = Licence("CreativeML OpenRAIL++-M", True)
INSTANTID = Licence(
    "Apache-2.0, checkpoints for research only",
    False,
    Message(
        "InstantID's checkpoints are published for research purposes only. Frames made with them are not for "
        "commercial use unless you have another agreement with the InstantX team.",
        "InstantID 的模型权重仅供研究使用。除非您与 InstantX 团队另有约定，用它生成的画面不得用于商业用途。",
    ),
)
INSIGHTFACE = Licence(
    "InsightFace model zoo, non-commercial research only",
    False,
    Message(
        "InsightFace's face models (antelopev2, buffalo_l) are for non-commercial research purposes only. "
        "Commercial use needs a licence from InsightFace.",
        "InsightFace 的人脸模型（antelopev2、buffalo_l）仅限非商业研究使用。商业用途须向 InsightFace 取得授权。",
    ),
)
FACEID = Licence(
    "IP-Adapter-FaceID, non-commercial research only",
    False,
    Message(
        "The IP-Adapter FaceID models were trained on InsightFace's embeddings and are not for commercial use: "
        "research only.",
        "IP-Adapter FaceID 模型使用 InsightFace 特征训练，不得用于商业用途，仅供研究。",
    ),
)
HYPER = Licence(
    "none stated by the publisher",
    None,
    Message(
        "The publisher of Hyper-SD states no licence for its files. Ask ByteDance before you use its frames "
        "commercially.",
        "Hyper-SD 的发布者未声明许可证。商业使用生成的画面之前，请向字节跳动确认。",
    ),
)
OWN = Licence(
    "not known: a checkpoint of your own",
    None,
    Message(
        "This checkpoint was put here by hand, so its licence is not known to the studio. Read the page you got it "
        "from before you use its frames commercially.",
        "此模型由您自行放入，工作室不了解其许可证。商业使用生成的画面之前，请查看其来源页面的许可说明。",
    ),
)
