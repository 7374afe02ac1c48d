"""The letters and signs of the formulas, cut out of the STIX Math font.

Usage: apt-get download fonts-stix && dpkg-deb -x fonts-stix*.deb stix && pip install fonttools brotli &&
python build.py stix/usr/share/fonts/opentype/stix-word/STIXMath-Regular.otf ../assets/css/math.woff2

Its licence reserves the name STIX for the whole font, so the part has a name of its own.
"""

import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

NAME = "Downslope Math"
LETTERS = [*range(0x20, 0x7F), *range(0x391, 0x3CA), 0x3D5, 0x131, 0x237]
ITALIC = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]  # what <mi> makes of one letter
SIGNS = map(ord, "·×−±√∇∂Δ∞≤≥<>|‖∈…′ˆ˜¯̂̄̃̇²₀₁₂₊₋½{}⎧⎨⎩⎪⁢⁡\u00a0∑∏≈≠→⊙∘")


def cut(source: str, target: str) -> None:
    font = TTFont(source)
    options = Options(flavor="woff2", layout_features=["*"], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[*LETTERS, *ITALIC, *SIGNS])
    subsetter.subset(font)
    for entry in font["name"].names:
        if entry.nameID in (1, 3, 4, 6):
            entry.string = NAME.replace(" ", "") if entry.nameID == 6 else NAME
    if "CFF " in font:
        font["CFF "].cff.fontNames = [NAME.replace(" ", "")]
        for top in font["CFF "].cff.topDictIndex:
            top.FullName, top.FamilyName = NAME, NAME
    font.flavor = "woff2"
    font.save(target)


if __name__ == "__main__":
    cut(*sys.argv[1:])
