"""Shots without people: what an insert shows, and what its slate says."""

from collections.abc import Sequence
from dataclasses import replace

from studio.engines import RenderRequest, Subject
from studio.engines.photoboard.brush import Layer, Pixels, mix
from studio.engines.photoboard.light import Light
from studio.engines.photoboard.parts import draw_feet
from studio.engines.photoboard.props import FEET, Named, prop_named, props_named, surface
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
    props = props_named(staging.action)
    named = props[0] if props else None
    feet = bool(FEET.search(staging.action)) or any(s.part == "feet" for s in request.subjects)
    if feet:
        material = "ground"
    elif any(each.prop.upright for each in props):
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
        region = width * 0.2, -height * 0.05, width * 0.92, height * 0.72
        draw_feet(layer, region, outfit_of((), staging.action, staging.location), light.towards, ink, light.wet)
    elif named is not None and not feet:
        hand = next((s for s in request.subjects if s.part == "hand"), None)
        _lay_out(named, props[1:], Easel(layer, width * 0.5, height * 0.55, 0.36 * min(width, height), light.towards, ink, None), hand)  # fmt: skip
    return layer.over(picture)


def _lay_out(named: Named, others: Sequence[Named], easel: Easel, hand: Subject | None) -> None:
    """The thing where the eye falls, in the fingers where a hand is there; what it goes into or lies on, behind it."""
    if hand is None:
        named.prop.draw(replace(easel, tone=named.tone))
        return
    x0, y0, x1, _ = hand.region
    breadth = max(x1 - x0, 0.25 * easel.x * 2)  # as large as the hand is drawn
    x1 = x0 + breadth
    held = replace(easel, x=(x0 + x1) / 2 - 0.12 * breadth, y=y0 + 0.04 * breadth, r=min(0.5 * breadth, easel.r), tone=named.tone)  # fmt: skip
    upright = next((other for other in others if other.prop.upright), None)
    if upright is not None:
        easel = replace(easel, x=held.x + 0.7 * held.r, y=held.y - 0.5 * held.r, r=1.3 * held.r, tone=upright.tone)
        upright.prop.draw(easel)
    named.prop.draw(held)


def slate_text(request: RenderRequest) -> str:
    """'INSERT · brass key', 'ESTABLISHING · Rooftop'; '' for shots with people to look at."""
    staging = request.staging
    if staging.framing not in ("insert", "establishing"):
        return ""
    language = "zh" if staging.language == "zh" else "en"
    framing = FRAMINGS.text(staging.framing, language).upper()
    what = staging.location
    if staging.framing == "insert":
        named, feet = prop_named(staging.action), FEET.search(staging.action)
        what = named.words if named else feet.group().casefold() if feet else what
    return f"{framing} · {what}" if what else framing
