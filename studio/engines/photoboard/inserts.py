"""Shots without people: what an insert shows, and what its slate says."""

from studio.engines import RenderRequest
from studio.engines.photoboard.brush import Layer, Pixels, mix
from studio.engines.photoboard.light import Light
from studio.engines.photoboard.parts import draw_feet
from studio.engines.photoboard.props import FEET, prop_named, surface
from studio.engines.photoboard.things import Easel
from studio.engines.photoboard.wardrobe import outfit_of
from studio.vocabulary import FRAMINGS

_CLOTH = ("tablecloth", "linen", "napkin", "bed", "桌布", "床")


def is_insert(request: RenderRequest) -> bool:
    """An insert without a face in it: a thing, a hand, feet."""
    parts = {subject.part for subject in request.subjects}
    return request.staging.framing == "insert" and not parts & {"face", "back", "figure"}


def drawn_insert(request: RenderRequest, place: Pixels, light: Light, scale: float) -> Pixels:
    """The surface with the thing that the action names; only the surface where it names none that is known.

    place: the set at working scale. A hand or feet are laid over it afterwards like any person.
    """
    staging, width, height = request.staging, request.width, request.height
    words = f"{staging.action} {staging.location}".casefold()
    named = prop_named(staging.action)
    feet = bool(FEET.search(staging.action)) or any(s.part == "feet" for s in request.subjects)
    if feet:
        material = "ground"
    elif named is not None and named.prop.upright:
        material = "panel"
    elif any(word in words for word in _CLOTH):
        material = "cloth"
    else:
        material = "ground" if light.outside and named is None else "wood"
    picture = surface(place, material, mix(light.ambient, (1.0, 1.0, 1.0), 0.4), light.towards)
    layer = Layer(width, height, scale)
    ink = max(1.0, 3.0 * height / 1920)
    drawn_feet = any(s.part == "feet" for s in request.subjects)
    if feet and not drawn_feet:
        region = width * 0.12, height * 0.22, width * 0.88, height * 0.8
        draw_feet(layer, region, outfit_of((), staging.action, staging.location), light.towards, ink, light.wet)
    elif named is not None and not feet:
        hand = next((s for s in request.subjects if s.part == "hand"), None)
        reach = min(width, height) * (0.30 if hand else 0.36)
        y = height * 0.55 if hand is None else hand.region[1] - 0.05 * reach
        easel = Easel(layer, width * (0.5 if hand is None else 0.46), y, reach, light.towards, ink, named.tone)
        named.prop.draw(easel)
    return layer.over(picture)


def slate_text(request: RenderRequest) -> str:
    """'INSERT · brass key', 'ESTABLISHING · Rooftop'; '' for shots with people to look at."""
    staging = request.staging
    if staging.framing not in ("insert", "establishing"):
        return ""
    language = "zh" if staging.language == "zh" else "en"
    framing = FRAMINGS.text(staging.framing, language).upper()
    named = prop_named(staging.action) if staging.framing == "insert" else None
    what = named.words if named else staging.location
    return f"{framing} · {what}" if what else framing
