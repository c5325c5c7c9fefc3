"""What a file says of where its pictures come from: IPTC's source types, and China's label for generated content.

The label is that of GB 45438-2025 as the TC260 practice guides of 2025 lay it down per file format: one JSON object with
a fixed order of keys, values of the characters 0x21 to 0x7E without backslash, and exactly one label a file. Its
producer code is the user's own; without one no label is written, and none is ever made up.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from storage.errors import InvalidInput, Language, Message
from studio.exports import ExportOptions, Producer
from studio.exports.timeline import Clip, Timeline

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED, MIXED, COMPOSITED = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "composite"
TOOL = "Castlock"
MARKS: dict[Language, str] = {"en": "AI generated", "zh": "AI 生成"}
# of the short side of the picture: at least a twentieth, by the standard
MARK_HEIGHT = 0.05

_CODE = re.compile(r"[\x21-\x5b\x5d-\x7e]{1,64}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is written into a file. source: an IPTC source type. label: the JSON of China's label, '' for none."""

    source: str
    label: str = ""
    title: str = ""


def label(producer: Producer, content: bytes) -> str:
    """The JSON of a label for generated content. ProduceID: the first 32 hex digits of the content's SHA-256.

    Raises InvalidInput for a code with other characters than the standard allows.
    """
    if not _CODE.fullmatch(producer.code):
        raise InvalidInput(
            "The producer code of the AI label may hold 1 to 64 letters, digits and signs, without spaces, Chinese "
            f"characters and backslashes; '{producer.code}' does not fit. Use the code you were given.",
            f"AI 标识中的服务提供者编码只能含 1 到 64 个字母、数字和符号（不含空格、汉字和反斜杠），“{producer.code}”不符合。请填写您自己的编码。",
        )
    fields = {
        "Label": "1",
        "ContentProducer": producer.code,
        "ProduceID": hashlib.sha256(content).hexdigest()[:32],
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    return json.dumps(fields, separators=(",", ":"))


def source_of(clip: Clip) -> str:
    """The IPTC source type of the clip's picture."""
    if not clip.generates:
        return COMPOSITED
    begun = clip.recipe.get("start") or clip.recipe.get("options", {}).get("composition") == "photoboard"
    return MIXED if begun else GENERATED


def stamp_of(clip: Clip, title: str, producer: Producer | None, content: bytes) -> Stamp:
    """The stamp of one frame; only generated pictures are labelled as such."""
    return Stamp(source_of(clip), label(producer, content) if producer and clip.generates else "", title)


def stamp_for(timeline: Timeline, producer: Producer | None, content: bytes) -> Stamp:
    """The stamp of a file that shows the timeline's pictures: generated as soon as one of them is."""
    shown = [clip for clip in timeline.clips if clip.picture is not None and not clip.omitted]
    generated = any(clip.generates for clip in shown)
    sources = {source_of(clip) for clip in shown}
    source = sources.pop() if len(sources) == 1 else (MIXED if generated else COMPOSITED)
    title = f"{timeline.series} E{timeline.episode:02d}"
    return Stamp(source, label(producer, content) if producer and generated else "", title)


def unlabelled(timeline: Timeline, options: ExportOptions) -> tuple[Message, ...]:
    """What the law of some places asks for and these options leave out, where generated pictures are shown."""
    if not any(clip.generates and not clip.omitted for clip in timeline.clips):
        return ()
    if options.producer is None:
        return (
            Message(
                "These pictures are generated and carry no AI label: where one is required, export with your producer code.",
                "画面为 AI 生成，但未写入生成标识：如需标识，请填写您自己的服务提供者编码后导出。",
            ),
        )
    if not options.producer.visible:
        return (
            Message(
                "The visible AI mark is off: leave it off only where you have taken over that duty yourself.",
                "已关闭可见的 AI 标识：仅在您自行承担标识义务时方可关闭。",
            ),
        )
    return ()


def xmp(stamp: Stamp) -> str:
    """The one XMP packet of a picture."""
    labelled = f"<TC260:AIGC>{escape(stamp.label)}</TC260:AIGC>" if stamp.label else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
        f"<Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPES}{stamp.source}</Iptc4xmpExt:DigitalSourceType>"
        f"<xmp:CreatorTool>{TOOL}</xmp:CreatorTool>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(stamp.title)}</rdf:li></rdf:Alt></dc:title>'
        f'{labelled}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
