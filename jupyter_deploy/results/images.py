"""Images by what is seen, not by their bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from typing import cast

from PIL import Image, ImageChops, ImageFilter, ImageStat

from jupyter_deploy.results.cells import Shown
from jupyter_deploy.results.changes import Place, Report

#: Both are looked at in this size.
SIDE = 256
#: The largest difference of a blurred pixel, of 255, that nobody sees.
UNSEEN = 6
_SPACE = re.compile(r"\s+")


def compare_images(report: Report, place: Place, old: Shown, new: Shown) -> None:
    if old.content == new.content:
        return
    if old.media_type == new.media_type == "image/svg+xml":
        a, b = (report.noise.quiet(_SPACE.sub(" ", image.content)) for image in (old, new))
        seen = a != b
        similarity = None
    else:
        similarity, seen = _look(old.content, new.content)
    if seen:
        report.images.append(_change(report, place, "changed", old, new, similarity))
    else:
        report.hide(place, "rendering", old.media_type, new.media_type)


def one_image(report: Report, place: Place, image: Shown, *, added: bool) -> None:
    """An image that only one of the runs has."""
    old, new = (None, image) if added else (image, None)
    kind = "added" if added else "removed"
    report.images.append(_change(report, place, kind, old, new, None))


def _change(
    report: Report,
    place: Place,
    kind: str,
    old: Shown | None,
    new: Shown | None,
    similarity: float | None,
) -> dict[str, object]:
    image = new or old
    assert image is not None
    return place.change(
        kind,
        media_type=image.media_type,
        old=_told(report, old),
        new=_told(report, new),
        similarity=similarity,
    )


def _told(report: Report, image: Shown | None) -> dict[str, object] | None:
    """Where it is in its notebook, and its content as far as there is room for it."""
    if image is None:
        return None
    content = str(image.content)
    digest = "sha256:" + hashlib.sha256(content.encode()).hexdigest()
    fits = len(content) <= report.room
    report.room -= len(content) if fits else 0
    return {
        "output": image.place,
        "media_type": image.media_type,
        "digest": digest,
        "data": content if fits else None,
    }


def _look(old: str, new: str) -> tuple[float | None, bool]:
    """Likeness from 0 to 1, None when one cannot be read, and whether a difference is seen."""
    try:
        a, b = _opened(old), _opened(new)
    except (OSError, ValueError, binascii.Error, Image.DecompressionBombError, SyntaxError):
        return None, True
    sized = a.size == b.size
    difference = ImageChops.difference(_small(a), _small(b))
    extrema = cast("tuple[tuple[int, int], ...]", difference.getextrema())  # of three bands
    largest = max(high for _low, high in extrema)
    bands = ImageStat.Stat(difference).rms
    likeness = 1 - sum(bands) / len(bands) / 255
    return round(likeness, 4), not sized or largest > UNSEEN


def _opened(content: str) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(content)))
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image.convert("RGBA"))
    return page.convert("RGB")


def _small(image: Image.Image) -> Image.Image:
    return image.resize((SIDE, SIDE), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1))
