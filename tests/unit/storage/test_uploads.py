"""What must not come in does not, and says why in two languages."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uploads import HONEST, honest, hostile

from storage.errors import BadPicture
from storage.pictures import take_in

# what Pillow remarks about broken TIFFs before it gives up
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")
UPLOADS = list(hostile())


def test_there_are_many_ways_to_be_refused():
    assert len(UPLOADS) >= 60
    assert len({upload.about for upload in UPLOADS}) == len(UPLOADS)


@pytest.mark.parametrize("upload", UPLOADS, ids=lambda upload: upload.about)
def test_a_hostile_upload_is_refused_by_name_in_both_languages(upload):
    started = time.process_time()
    with pytest.raises(BadPicture) as caught:
        take_in(upload.content, upload.name)
    message = caught.value.message
    assert upload.shown in message.en and upload.shown in message.zh
    assert len(message.en) < 260 and message.en.isprintable() and message.zh.isprintable()
    message.en.encode(), message.zh.encode()
    assert any("\u4e00" <= character <= "\u9fff" for character in message.zh.replace(upload.shown, ""))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("kind", HONEST)
def test_the_honest_files_that_were_broken_come_in_when_whole(kind):
    assert take_in(honest(kind), f"whole.{kind}").image.shape == (96, 128, 3)


REASONS = {
    "empty.jpg": ("empty", "空文件"),
    "photo.jpg": ("web page", "网页"),
    "scan.jpg": ("PDF", "PDF"),
    "clip.jpg": ("video", "视频"),
    "new.jpg": ("AVIF", "AVIF"),
    "bomb.png": ("too many pixels", "像素过多"),
    "bomb.webp": ("too many pixels", "像素过多"),
    "1x1.png": ("too small", "太小"),
    "20000x2.png": ("strip", "长条"),
    "large.bmp": ("too large", "太大"),
    "zeros.jpg": ("cut off", "不完整"),
    "crc.png": ("damaged", "损坏"),
    "scans.jpg": ("passes", "扫描"),
    "float.tif": ("32 bits", "32 位"),
    "IMG_1.dng": ("raw", "RAW"),
    "notes.jpg": ("text", "文本"),
    "剧本.jpg": ("text", "文本"),
    "zeros.png": ("zero bytes", "零字节"),
}


@pytest.mark.parametrize("name", REASONS)
def test_each_refusal_has_its_own_reason(name):
    upload = next(upload for upload in UPLOADS if upload.name == name)
    with pytest.raises(BadPicture) as caught:
        take_in(upload.content, name)
    en, zh = REASONS[name]
    assert en in caught.value.message.en and zh in caught.value.message.zh


def test_every_way_of_cutting_a_file_off_is_noticed():
    """No prefix of a file comes in as a picture, down to the byte."""
    for kind in ("jpg", "png", "gif", "webp", "heic"):
        whole = honest(kind)
        for length in [*range(1, len(whole), max(1, len(whole) // 150)), len(whole) - 1]:
            with pytest.raises(BadPicture):
                take_in(whole[:length], "cut")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(HONEST), st.data())
def test_a_changed_file_is_a_picture_or_a_clear_error_and_nothing_else(kind: str, data):
    content = bytearray(honest(kind))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.one_of(st.integers(0, min(400, len(content) - 1)), st.integers(0, len(content) - 1)))
        content[at] = data.draw(st.sampled_from([0, 1, 127, 128, 255]) | st.integers(0, 255))
    try:
        picture = take_in(bytes(content), f"changed.{kind}")
    except BadPicture as error:
        assert f"changed.{kind}" in error.message.zh
    else:
        assert picture.image.shape == (picture.height, picture.width, 3)
