"""Colours as CSS Color 4 writes them, and how well one is read on another (WCAG 2.2)."""

import colorsys
import math
import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

_WORDS: Final = """
aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque
ffe4c4 black 000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887
cadetblue 5f9ea0 chartreuse 7fff00 chocolate d2691e coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc
crimson dc143c cyan 00ffff darkblue 00008b darkcyan 008b8b darkgoldenrod b8860b darkgray a9a9a9
darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b darkmagenta 8b008b darkolivegreen 556b2f darkorange
ff8c00 darkorchid 9932cc darkred 8b0000 darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b
darkslategray 2f4f4f darkslategrey 2f4f4f darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493
deepskyblue 00bfff dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0
forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520 gray
808080 green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4 indianred cd5c5c
indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa lavenderblush fff0f5 lawngreen 7cfc00
lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff lightgoldenrodyellow fafad2
lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1 lightsalmon ffa07a lightseagreen
20b2aa lightskyblue 87cefa lightslategray 778899 lightslategrey 778899 lightsteelblue b0c4de lightyellow
ffffe0 lime 00ff00 limegreen 32cd32 linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa
mediumblue 0000cd mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee
mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970 mintcream
f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6 olive 808000
olivedrab 6b8e23 orange ffa500 orangered ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98
paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9 peru cd853f pink ffc0cb
plum dda0dd powderblue b0e0e6 purple 800080 rebeccapurple 663399 red ff0000 rosybrown bc8f8f royalblue
4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell fff5ee sienna a0522d
silver c0c0c0 skyblue 87ceeb slateblue 6a5acd slategray 708090 slategrey 708090 snow fffafa springgreen
00ff7f steelblue 4682b4 tan d2b48c teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet
ee82ee wheat f5deb3 white ffffff whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32
"""
_NAMED: Final = dict(zip(_WORDS.split()[::2], _WORDS.split()[1::2], strict=True))
"""The names of CSS Color 4 section 6.1."""

_HEX: Final = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION: Final = re.compile(r"(rgb|rgba|hsl|hsla|oklab|oklch)\(([^()]*)\)")
_PART: Final = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(%|deg)?")
_WITH_COMMAS: Final = re.compile(r"\s*([^\s,/]+)\s*,\s*([^\s,/]+)\s*,\s*([^\s,/]+)\s*(?:,\s*([^\s,/]+)\s*)?")
_WITH_BLANKS: Final = re.compile(r"\s*([^\s,/]+)\s+([^\s,/]+)\s+([^\s,/]+)\s*(?:/\s*([^\s,/]+)\s*)?")


class Colour(NamedTuple):
    """A colour of sRGB; its parts go from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, ground: "Colour") -> "Colour":
        """Return how it looks on a ground."""
        parts = zip(self[:3], ground[:3], strict=True)
        red, green, blue = (self.alpha * own + (1 - self.alpha) * other for own, other in parts)
        return Colour(red, green, blue)

    @property
    def luminance(self) -> float:
        """How bright it is (WCAG 2.2, relative luminance)."""
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in self[:3]
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, brighter = sorted((one.luminance, other.luminance))
    return (brighter + 0.05) / (darker + 0.05)


def read_colour(text: str) -> Colour | None:
    """Return the colour that a text is: a name, `#…`, `rgb()`, `hsl()`, `oklab()` or `oklch()`."""
    text = text.lower()
    if text in _NAMED:
        text = f"#{_NAMED[text]}"
    if _HEX.fullmatch(text):
        digits = text[1:] if len(text) > 5 else "".join(2 * digit for digit in text[1:])
        return Colour(*(part / 255 for part in bytes.fromhex(digits)))
    function = _FUNCTION.fullmatch(text)
    if function is None:
        return None
    kind = function[1].removesuffix("a")
    written = (_WITH_COMMAS if kind in {"rgb", "hsl"} and "," in function[2] else _WITH_BLANKS).fullmatch(
        function[2]
    )
    if written is None:
        return None
    alpha = 1.0 if written[4] is None else _part(written[4], 1, 1)
    parts = [_part(part, *scale) for part, scale in zip(written.groups()[:3], _SCALES[kind], strict=True)]
    if alpha is None or any(part is None for part in parts):
        return None
    red, green, blue = (min(1.0, max(0.0, part)) for part in _MADE[kind]([part or 0.0 for part in parts]))
    return Colour(red, green, blue, min(1.0, max(0.0, alpha)))


def _part(text: str, whole: float, number: float | None) -> float | None:
    """Return a part of a colour; `whole` is 100 %, and what stands alone is divided by `number`."""
    found = _PART.fullmatch(text)
    if found is None:
        return None
    value = float(found[1])
    if found[2] == "%":
        return None if whole == 0 else value / 100 * whole
    is_angle = whole == 0
    if found[2] == "deg" and not is_angle:
        return None
    return None if number is None else value / number


_ANGLE: Final = (0.0, 360.0)
_SCALES: Final[dict[str, Sequence[tuple[float, float | None]]]] = {
    "rgb": [(1.0, 255.0)] * 3,
    "hsl": [_ANGLE, (1.0, 100.0), (1.0, 100.0)],
    "oklab": [(1.0, 1.0), (0.4, 1.0), (0.4, 1.0)],
    "oklch": [(1.0, 1.0), (0.4, 1.0), _ANGLE],
}
"""What 100 % of each part is, and by what a number is divided."""


def _of_rgb(parts: Sequence[float]) -> Sequence[float]:
    return parts


def _of_hsl(parts: Sequence[float]) -> Sequence[float]:
    hue, saturation, lightness = parts
    return colorsys.hls_to_rgb(hue % 1, min(1.0, max(0.0, lightness)), min(1.0, max(0.0, saturation)))


def _of_oklch(parts: Sequence[float]) -> Sequence[float]:
    lightness, chroma, hue = parts
    turn = 2 * math.pi * (hue % 1)
    return _of_oklab([lightness, chroma * math.cos(turn), chroma * math.sin(turn)])


def _of_oklab(parts: Sequence[float]) -> Sequence[float]:
    """Convert as CSS Color 4 section 18 does."""
    lightness, a, b = parts
    bounded = min(1.0, max(0.0, lightness))
    a, b = (min(4.0, max(-4.0, part)) for part in (a, b))
    long, medium, short = (
        (bounded + a * x + b * y) ** 3
        for x, y in (
            (0.3963377774, 0.2158037573),
            (-0.1055613458, -0.0638541728),
            (-0.0894841775, -1.2914855480),
        )
    )
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return [12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in linear]


_MADE: Final[dict[str, Callable[[Sequence[float]], Sequence[float]]]] = {
    "rgb": _of_rgb,
    "hsl": _of_hsl,
    "oklab": _of_oklab,
    "oklch": _of_oklch,
}
