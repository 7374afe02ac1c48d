"""What a reader of another make sees in a QR code is the link, to the letter."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from app import qr

LINKS = [
    "http://127.0.0.1:8050/?lesson=L06",
    "https://class.example.org/downslope/v1/?lesson=L24",
    f"https://{'long.' * 50}example.org/?lesson=L01",
]


def picture(svg: str, scale: int = 4) -> Image.Image:
    """The picture that a browser draws: rows of dark modules, as the path says, on white."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    image = Image.new("L", (side * scale, side * scale), 255)
    pen = ImageDraw.Draw(image)
    x = y = 0.0
    (path,) = re.findall(r'class="qrline" stroke="#000" d="([^"]*)"', svg)
    for kind, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        first, *rest = map(float, numbers.split())
        if kind == "h":
            pen.rectangle((x * scale, (y - 0.5) * scale, (x + first) * scale - 1, (y + 0.5) * scale - 1), 0)
        x, y = (first, rest[0]) if kind == "M" else (x + first, y + (rest[0] if rest else 0))
    return image


@pytest.mark.parametrize("link", LINKS)
def test_another_reader_finds_the_link(link: str) -> None:
    (found,) = zxingcpp.read_barcodes(picture(qr.svg(link)))
    assert found.text == link and found.format == zxingcpp.BarcodeFormat.QRCode


def test_it_is_read_where_paper_is_stained() -> None:
    image = picture(qr.svg(LINKS[1]))
    side = image.width
    ImageDraw.Draw(image).rectangle((side * 0.62, side * 0.62, side * 0.74, side * 0.74), 128)
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == LINKS[1]


def test_it_has_the_quiet_zone_that_readers_need() -> None:
    svg = qr.svg(LINKS[0])
    assert re.search(r'd="M4 4\.5', svg) and 'fill="#fff"' in svg
