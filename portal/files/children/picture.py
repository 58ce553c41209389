"""Draw a picture anew, so that only its pixels come through: `picture.py IN OUT KIND PIXELS AREAS MEMORY SECONDS BYTES`.

Where it was taken, by which device, previews, comments and whatever hides behind the last byte stay behind. AREAS is a
list of [left, top, right, bottom] in thousandths of the upright picture, which are painted black. One line of JSON
on standard output: {"type", "ending", "width", "height"} or {"refused": "pixels" | "damaged" | "memory", "why"} or {"errno": n}.
"""

import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from limits import take_limits  # type: ignore[import-not-found] # its neighbour; run as a script, isolated
from PIL import Image, ImageCms, ImageDraw, ImageOps, ImageSequence

warnings.simplefilter("ignore")
How = dict[str, Any]
JPEG: How = {"format": "JPEG", "quality": 90, "optimize": True}
# What each kind becomes: media type, ending, how it is saved.
BECOMES: dict[str, tuple[str, str, How]] = {
    "jpeg": ("image/jpeg", "jpg", JPEG),
    "heic": ("image/jpeg", "jpg", JPEG),
    "avif": ("image/jpeg", "jpg", JPEG),
    "bmp": ("image/png", "png", {"format": "PNG"}),
    "png": ("image/png", "png", {"format": "PNG"}),
    "webp": ("image/webp", "webp", {"format": "WEBP", "quality": 90, "method": 2}),
    "tiff": ("image/tiff", "tif", {"format": "TIFF", "compression": "tiff_adobe_deflate"}),
}
OPENED_AS = {
    "jpeg": ["JPEG", "MPO"],
    "heic": ["HEIF"],
    "avif": ["AVIF"],
    "bmp": ["BMP"],
    "png": ["PNG"],
    "webp": ["WEBP"],
    "tiff": ["TIFF"],
}
KEPT_INFO = ("duration", "loop", "transparency", "disposal", "blend")
MOVING = frozenset({"png", "webp", "tiff"})


class Refused(Exception):
    pass


def main(source: str, target: str, kind: str, most_pixels: int, areas: list[list[int]]) -> dict[str, object]:
    if kind == "heic":
        register_heif()
    # Its own check warns first and stops at twice the number; ours is exact, for each kind, before a pixel is decoded.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(source, formats=OPENED_AS[kind]) as picture:
        frames = getattr(picture, "n_frames", 1) if kind in MOVING else 1
        if picture.width * picture.height * frames > most_pixels:
            raise Refused("pixels")
        drawn = [redrawn(frame) for frame in ImageSequence.Iterator(picture)] if frames > 1 else [redrawn(picture)]
    drawn = [blackened(frame, areas) for frame in drawn] if areas else drawn
    media_type, ending, how = BECOMES[kind]
    if ending == "jpg":
        drawn = [on_white(drawn[0])]
    save(drawn, Path(target), dict(how), kind)
    return {"type": media_type, "ending": ending, "width": drawn[0].width, "height": drawn[0].height}


def register_heif() -> None:
    import pillow_heif  # noqa: PLC0415 - 40 ms that only pictures of this kind need

    pillow_heif.register_heif_opener(thumbnails=False)


def redrawn(frame: Image.Image) -> Image.Image:
    """The pixels the right way up and in sRGB, as a picture that knows nothing else."""
    frame.load()
    info: dict[str | tuple[int, int], Any] = {name: frame.info[name] for name in KEPT_INFO if name in frame.info}
    profile = frame.info.get("icc_profile")
    upright = ImageOps.exif_transpose(frame) or frame
    plain = in_srgb(upright, profile) if profile else upright.copy()
    plain.info = info
    return plain


def blackened(frame: Image.Image, areas: list[list[int]]) -> Image.Image:
    """The picture with its areas black and opaque, in colours of its own so that no palette gives them away."""
    info = frame.info
    plain = frame.convert("RGBA" if "transparency" in info or "A" in frame.getbands() else "RGB")
    brush = ImageDraw.Draw(plain)
    for left, top, right, bottom in areas:
        corners = (left * plain.width // 1000, top * plain.height // 1000)
        brush.rectangle((*corners, -(-right * plain.width // 1000), -(-bottom * plain.height // 1000)), fill="black")
    plain.info = {name: value for name, value in info.items() if name != "transparency"}
    return plain


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours as every screen shows them; a profile that makes no sense is left out of account."""
    if picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture.copy()
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return picture.copy()
    return changed or picture.copy()


def on_white(picture: Image.Image) -> Image.Image:
    """JPEG knows no transparency."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return ground
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def save(drawn: list[Image.Image], target: Path, how: How, kind: str) -> None:
    if len(drawn) > 1:
        how |= {"save_all": True, "append_images": drawn[1:]}
        if kind in ("png", "webp"):
            how |= {
                "duration": [frame.info.get("duration", 100) for frame in drawn],
                "loop": drawn[0].info.get("loop", 0),
            }
    with target.open("w+b") as file:
        drawn[0].save(file, **how)


def answer() -> dict[str, object]:
    source, target, kind, pixels, areas = sys.argv[1:6]
    try:
        return main(source, target, kind, int(pixels), json.loads(areas))
    except Refused as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": "memory"}
    except OSError as error:
        # Pillow says "damaged" with an OSError that has no number; those of the disk have one.
        return {"errno": error.errno} if error.errno else {"refused": "damaged", "why": repr(error)}
    except Exception as error:  # whatever a decoder trips over in a stranger's bytes: the picture is not readable
        return {"refused": "damaged", "why": repr(error)}


if __name__ == "__main__":
    take_limits(*(int(value) for value in sys.argv[6:9]))
    json.dump(answer(), sys.stdout)
