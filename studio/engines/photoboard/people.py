"""People on the board: each subject becomes one layer, drawn, photographed or both, ready to be laid over the set."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engines import Box, RenderRequest, Subject
from studio.engines.photoboard.brush import Colour, Layer, shade
from studio.engines.photoboard.compositing import below, lay_photo, recoloured, through, until, warped
from studio.engines.photoboard.cutout import Cutout, Cutouts
from studio.engines.photoboard.figure import SOLES, TALL, Build, draw_body
from studio.engines.photoboard.heads import draw_back_of_head, draw_crown, draw_head
from studio.engines.photoboard.light import Light, keyed, relighting
from studio.engines.photoboard.parts import STUFF, WOOD, draw_feet, draw_hand, draw_mannequin_head, draw_umbrella
from studio.engines.photoboard.placing import choose, eye_unit, similarity
from studio.engines.photoboard.wardrobe import Outfit, outfit_of

_HEAD = 3.75  # height of a head box with its hair, in eye distances
_CHEST = 3.7  # below the eyes; what a photo shows of the body where a drawn one goes on
_BROWN: Colour = (58, 46, 40)
_SKIN: Colour = (206, 168, 146)
_WALKING = ("walk", "stride", "run", "rush", "pushes through", "走", "跑", "冲", "追")
_UMBRELLA = ("umbrella", "伞")


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One person's layer at working scale; where the face is (x, y, eye distance; canvas pixels) or None.

    name: what to letter on a mannequin, with x, y and letter height; None for the others. foot: x, y between the soles, canvas pixels.
    """

    layer: Layer
    unit: float
    face: tuple[float, float, float] | None
    foot: tuple[float, float] | None
    label: tuple[str, float, float, float] | None = None


def stand(subject: Subject) -> tuple[float, float, float]:
    """x and y of the middle of the eyes and the eye distance, canvas pixels, whatever part of the person is seen."""
    if len(subject.keypoints) == 5:
        eyes = np.asarray(subject.keypoints[:2], np.float64).mean(0)
        return float(eyes[0]), float(eyes[1]), eye_unit(subject.keypoints)
    x0, y0, x1, y1 = subject.head if subject.part == "back" else subject.region
    unit = (y1 - y0) / (_HEAD if subject.part == "back" else TALL)
    return (x0 + x1) / 2, y0 + (TALL - SOLES) * unit, max(unit, 1.0)


class Company:
    """Draws the people of one request."""

    def __init__(self, request: RenderRequest, cutouts: Cutouts, light: Light, scale: float):
        self._request, self._cutouts, self._light, self._scale = request, cutouts, light, scale
        action = request.staging.action.casefold()
        self._walking = request.staging.size in ("FS", "LS", "ELS", "MLS") and any(w in action for w in _WALKING)
        umbrella = any(w in action for w in _UMBRELLA)
        under = [s for s in request.subjects if s.part in ("face", "figure")]
        self._under_umbrella = under[0] if umbrella and under and request.staging.framing != "insert" else None
        self._ink = max(1.0, 2.4 * request.height / 1920)

    def drawn(self, subject: Subject, behind: Colour) -> Drawn:
        """behind: mean RGB of the set where the head will be."""
        outfit = outfit_of(subject.colours, subject.wardrobe, subject.character or subject.name)
        layer = Layer(self._request.width, self._request.height, self._scale)
        choice = choose(subject.references, subject.pose, stand(subject)[2])
        cutout = self._cutouts.of(choice) if choice else None
        region = self._inside(subject.region)
        unit = (region[3] - region[1]) / 12
        if subject.part == "hand":
            skin = shade(cutout.skin if cutout else _SKIN, self._light.person)
            size = self._request.width, self._request.height
            outfit = _worn(outfit, cutout) if cutout else outfit
            draw_hand(layer, region, size, skin, self._lit(outfit), self._light.towards, self._ink)
            return Drawn(layer, unit, None, None)
        if subject.part == "feet":
            draw_feet(layer, region, self._lit(outfit), self._light.towards, self._ink, self._light.wet)
            return Drawn(layer, unit, None, None)
        if subject.part == "back":
            return self._from_behind(subject, layer, outfit, cutout)
        if subject.part == "figure":
            return self._figure(subject, layer, outfit, cutout)
        if cutout is None or choice is None:
            return self._mannequin(subject, layer)
        yaw = choice.reference.pose[0] * (-1 if choice.mirrored else 1)
        return self._photographed(subject, layer, outfit, cutout, yaw, behind)

    def _inside(self, region: Box) -> Box:
        """The part of a region that is on the canvas, at least a quarter of it each way."""
        w, h = self._request.width, self._request.height
        x0, y0 = min(max(region[0], 0.0), 0.75 * w), min(max(region[1], 0.0), 0.75 * h)
        return x0, y0, max(min(region[2], w), x0 + 0.25 * w), max(min(region[3], h), y0 + 0.25 * h)

    def _lit(self, outfit: Outfit) -> Outfit:
        f = self._light.person
        return replace(
            outfit,
            top=shade(outfit.top, f),
            bottom=shade(outfit.bottom, f),
            shoes=shade(outfit.shoes, f),
            inner=shade(outfit.inner, f),
            apron=shade(outfit.apron, f),
        )

    def _soles(self, subject: Subject, y: float, unit: float) -> float:
        """The ground under a person: the planned region's foot where it is near what an adult's height says."""
        natural = y + SOLES * unit
        planned = subject.region[3]
        return planned if 0.8 * SOLES * unit < planned - y < 1.2 * SOLES * unit else natural

    def _build(self, subject: Subject, outfit: Outfit, skin: Colour, hair: Colour, yaw: float) -> Build:
        x, y, unit = stand(subject)
        turned = float(np.cos(np.radians(np.clip(yaw * 0.55, -60, 60))))
        factor = self._light.person
        return Build(
            x=x, y=y, unit=unit, yaw=yaw * 0.55, lean=-0.6 * float(np.sin(np.radians(yaw))),
            skin=shade(skin, factor), hair=shade(hair, factor), outfit=self._lit(outfit),
            soles=self._soles(subject, y, unit), light=self._light.towards,
            shoulder_left=2.95 * turned, shoulder_right=2.95 * turned,
            stride=self._walking, ink=max(1.0, min(self._ink, unit * 0.06)),
        )  # fmt: skip

    def _umbrella(self, layer: Layer, subject: Subject, build: Build) -> None:
        if subject is self._under_umbrella:
            draw_umbrella(layer, build, shade((58, 58, 66), self._light.person))

    def _from_behind(self, subject: Subject, layer: Layer, outfit: Outfit, cutout: Cutout | None) -> Drawn:
        if cutout is None:
            outfit = replace(outfit, top=STUFF, bottom=shade(STUFF, 0.8), garment="shirt")
        skin, hair = (cutout.skin, cutout.hair) if cutout else (WOOD, shade(WOOD, 0.9))
        if cutout is not None:
            outfit = _worn(outfit, cutout)
        build = self._build(subject, outfit, skin, hair, 0.0)
        build = replace(build, behind=True, long_hair=cutout.long_hair if cutout else False)
        near = subject.depth == 0 and len(self._request.subjects) > 1
        dark = 0.82 if near else 0.9
        build = replace(
            build, skin=shade(build.skin, dark), hair=shade(build.hair, dark),
            outfit=replace(build.outfit, top=shade(build.outfit.top, dark), bottom=shade(build.outfit.bottom, dark)),
        )  # fmt: skip
        draw_body(layer, build)
        draw_back_of_head(layer, build, 1.0 if subject.pose[0] > 0 else -1.0)
        if near:
            layer.soften(min(0.035 * build.unit, 4 * self._request.height / 1920))
        label = (subject.name, build.at(0, 0)[0], build.at(0, 5.4)[1], build.unit * 0.7) if cutout is None else None
        return Drawn(layer, build.unit, None, (build.x, build.soles), label)

    def _figure(self, subject: Subject, layer: Layer, outfit: Outfit, cutout: Cutout | None) -> Drawn:
        skin, hair = (cutout.skin, cutout.hair) if cutout else (_SKIN, _BROWN)
        build = self._build(subject, outfit, shade(skin, 0.8), hair, 0.0)
        tone = replace(build.outfit, top=shade(build.outfit.top, 0.7), bottom=shade(build.outfit.bottom, 0.7))
        build = replace(build, outfit=tone, long_hair=cutout.long_hair if cutout else False)
        self._umbrella(layer, subject, build)
        draw_body(layer, build)
        draw_head(layer, build, (0.0, 1.0))
        return Drawn(layer, build.unit, None, (build.x, build.soles))

    def _mannequin(self, subject: Subject, layer: Layer) -> Drawn:
        stuff = Outfit("shirt", STUFF, shade(STUFF, 0.85), shade(WOOD, 0.8), True)
        build = self._build(subject, stuff, WOOD, WOOD, subject.pose[0])
        p = np.asarray(subject.keypoints, np.float64)
        down = p[3:].mean(0) - p[:2].mean(0)
        down = down / max(float(np.linalg.norm(down)), 1e-6)
        roll = np.radians(subject.pose[2])
        down = np.array([-np.sin(roll), np.cos(roll)]) if abs(subject.pose[0]) > 20 else down
        self._umbrella(layer, subject, build)
        draw_body(layer, replace(build, behind=True))
        draw_mannequin_head(layer, build, subject.pose, (float(down[0]), float(down[1])))
        x, y = build.at(0, 5.6)
        return Drawn(layer, build.unit, None, (build.x, build.soles), (subject.name, x, y, build.unit * 0.8))

    def _photographed(
        self, subject: Subject, layer: Layer, outfit: Outfit, cutout: Cutout, yaw: float, behind: Colour
    ) -> Drawn:
        placed = similarity(cutout.keypoints, subject.keypoints)
        grow = float(np.hypot(placed[0, 0], placed[1, 0]))
        unit = grow * cutout.unit
        eyes = placed[:, :2] @ cutout.keypoints[:2].mean(0) + placed[:, 2]
        mouth = placed[:, :2] @ cutout.keypoints[3:].mean(0) + placed[:, 2]
        down = (mouth - eyes) / max(float(np.linalg.norm(mouth - eyes)), 1e-6)
        foot = (self._request.height - float(eyes[1])) / unit
        shown = cutout.depth
        if (
            foot > cutout.depth + 0.5 and cutout.depth > _CHEST
        ):  # the drawing continues it: its own arms would be too many
            shown = _CHEST
        middle = (eyes + mouth) / 2

        cheek = cutout.keypoints.mean(0)
        r = 0.9 * cutout.unit
        face = cutout.rgb[
            max(0, int(cheek[1] - r)) : int(cheek[1] + r) + 1, max(0, int(cheek[0] - r)) : int(cheek[0] + r) + 1
        ]
        lit = relighting(face, self._light, behind)
        worn = self._lit(outfit)
        if not outfit.told and cutout.cloth is not None:
            worn = replace(worn, top=lit.colour(cutout.cloth))
        if cutout.inner is not None:
            worn = replace(worn, inner=lit.colour(cutout.inner))
        if outfit.garment == "shirt" and cutout.open:
            worn = replace(worn, garment="jacket")

        photo, corner = warped(cutout, placed, (self._request.width, self._request.height), self._scale)
        if photo is not None:
            at = middle * self._scale - corner
            small = unit * self._scale
            rgb = lit.colours(photo[..., :3])
            if outfit.told and cutout.cloth is not None:
                tones = lit.colour(cutout.cloth), lit.colour(cutout.skin), lit.colour(cutout.hair)
                rgb = recoloured(rgb, tones, worn.top, float(at[1]) + 1.5 * small, small)
            photo = np.dstack([keyed(rgb, self._light, float(at[0]), small), photo[..., 3]])
            if shown < cutout.depth:
                until(photo, (float(eyes[1]) + shown * unit) * self._scale - float(corner[1]), 0.9 * small)

        build = self._build(subject, outfit, cutout.skin, cutout.hair, yaw)
        build = replace(
            build, x=float(eyes[0]), y=float(eyes[1]), unit=unit, soles=self._soles(subject, float(eyes[1]), unit),
            lean=_leaning(cutout, placed, build.lean, float(down[0])), bare=cutout.bare and worn.garment in ("shirt", "dress"),
            neckline=cutout.open_neck and shown < 3.0, neck_top=max(1.0, shown - 0.7), outfit=worn,
            skin=lit.colour(cutout.skin), hair=lit.colour(cutout.hair),
        )  # fmt: skip
        if not cutout.clipped and cutout.left > 0 and shown == cutout.depth:
            build = replace(
                build,
                shoulder_left=float(np.clip(cutout.left + build.lean, 2.3, 4.4)),
                shoulder_right=float(np.clip(cutout.right - build.lean, 2.3, 4.4)),
            )
        seen = [s - 3.15 for s in cutout.slope if s is not None]
        if seen:
            build = replace(build, rise=float(np.clip(-sum(seen) / len(seen), -0.5, 1.3)))
        if worn.garment in ("jacket", "suit") and cutout.depth > 2.2:
            build = replace(build, collar=3.3)  # the photo shows its own collar
        self._umbrella(layer, subject, build)
        if foot > shown - 0.3 or cutout.clipped or cutout.head_cut or cutout.crown:
            body = Layer(self._request.width, self._request.height, self._scale)
            draw_body(body, build)
            if not cutout.clipped:
                below(body, eyes[1] + (shown - 0.5) * unit, 0.4 * unit)
            facing = float(down[0]), float(down[1])
            if cutout.head_cut:
                aside = -0.3 * float(np.sin(np.radians(yaw))) * unit
                draw_head(body, replace(build, x=build.x + aside, long_hair=False), facing)
            elif cutout.crown is not None:
                draw_crown(body, build, cutout.crown, facing)
            layer.image = cv2.add(through(layer.image, body.image[..., 3]), body.image)
        if photo is not None:
            lay_photo(layer, photo, corner)
        return Drawn(layer, unit, (float(middle[0]), float(middle[1]), unit), (float(eyes[0]), build.soles))


def _leaning(cutout: Cutout, placed: NDArray[np.float64], turned: float, tilt: float) -> float:
    """How far the neck is right of the eyes on the canvas, units: where the photo shows it, turned as the photo is."""
    if cutout.neck == 0.0:
        return turned + 2.2 * float(np.clip(tilt, -0.35, 0.35))
    grow = float(np.hypot(placed[0, 0], placed[1, 0]))
    across = placed[:, :2] @ np.array([cutout.neck, 2.2]) / grow
    return float(np.clip(across[0], -1.3, 1.3))


def _worn(outfit: Outfit, cutout: Cutout) -> Outfit:
    """The outfit, with what the photo shows where the look does not say."""
    if not outfit.told and cutout.cloth is not None:
        outfit = replace(outfit, top=cutout.cloth)
    if outfit.garment == "shirt" and cutout.open:
        outfit = replace(outfit, garment="jacket")
    return replace(outfit, inner=cutout.inner) if cutout.inner is not None else outfit
