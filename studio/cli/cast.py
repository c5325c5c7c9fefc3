"""cast add, list, show, compare, lineup, alias, consent, erase; look add."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from storage.errors import InvalidInput, NotFound
from studio.cli.outcome import HomeOption, JsonOption, Outcome, run, table

if TYPE_CHECKING:
    from characters.reports import PhotoReport
    from storage.models import Character
    from studio.studio import Studio

app = typer.Typer(no_args_is_help=True)
look_app = typer.Typer(no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Name or alias of the character")]


@app.command("add")
def cast_add(
    name: NameArgument,
    photo: Annotated[list[Path] | None, typer.Option("--photo", help="A photo; give the option once for each")] = None,
    look: Annotated[str | None, typer.Option(help="The look these photos show [default: the first]")] = None,
    alias: Annotated[list[str] | None, typer.Option("--alias", help="Another name scripts use")] = None,
    consent: Annotated[str | None, typer.Option(help="Who agreed to what: kept as the consent on record")] = None,
    face: Annotated[int | None, typer.Option(help="Which face is meant where a photo shows several, from 0")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a character, or photos to one that is there. Exit code 1 where a photo was refused."""

    def verb(studio: "Studio") -> Outcome:
        character = _found_or_made(studio, name)
        for each in alias or []:
            studio.cast.add_alias(character.name, each)
        if consent:
            studio.cast.record_consent(character.name, consent)
        reports = [studio.add_photo(character.name, path, path.name, look, face) for path in photo or []]
        language = studio.settings.language
        return Outcome(
            {
                "character": character.uid,
                "name": character.name,
                "photos": [_photo_json(report, language) for report in reports],
            },
            [character.name, *(_photo_line(report, language) for report in reports)],
            0 if all(report.accepted for report in reports) else 1,
        )

    run(home, as_json, verb)


def _found_or_made(studio: "Studio", name: str) -> "Character":
    try:
        return studio.cast.find(name)
    except NotFound:
        return studio.cast.add_character(name)


def _photo_json(report: "PhotoReport", language: Any) -> dict[str, Any]:
    return {
        "file": report.file,
        "accepted": report.accepted,
        "reason": report.reason.text(language) if report.reason else None,
        "warnings": [warning.text(language) for warning in report.warnings],
        "keypoints": [list(point) for point in report.keypoints] if report.keypoints is not None else None,
        "face_width": report.face_width,
        "photo": report.photo_uid,
        "faces": [list(box) for box in report.faces],
    }


def _photo_line(report: "PhotoReport", language: Any) -> str:
    said = [report.reason.text(language)] if report.reason else []
    said += [warning.text(language) for warning in report.warnings]
    if not report.accepted and len(report.faces) > 1:
        said.append(f"(--face 0 to {len(report.faces) - 1}, largest first)")
    width = f", face {report.face_width:.0f} px wide" if report.face_width else ""
    return (
        f"  {'accepted' if report.accepted else 'REFUSED '} {report.file}{width}{': ' if said else ''}{' '.join(said)}"
    )


@app.command("list")
def cast_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Everybody in the registry."""

    def verb(studio: "Studio") -> Outcome:
        rows = studio.cast.list_characters()
        counted = [(row, sum(len(look.photos) for look in row.looks)) for row in rows]
        return Outcome(
            {
                "characters": [
                    {
                        "character": row.uid,
                        "name": row.name,
                        "aliases": _aliases(row),
                        "looks": [look.name for look in row.looks],
                        "photos": count,
                        "consent": studio.cast.has_consent(row),
                    }
                    for row, count in counted
                ]
            },
            table(
                [
                    ("name", "aliases", "looks", "photos"),
                    *(
                        (row.name, ", ".join(_aliases(row)), ", ".join(look.name for look in row.looks), count)
                        for row, count in counted
                    ),
                ]
            ),
        )

    run(home, as_json, verb)


def _aliases(character: "Character") -> list[str]:
    return [name.text for name in character.names if name.text != character.name]


@app.command("show")
def cast_show(name: NameArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """One character: looks, photos, consent."""

    def verb(studio: "Studio") -> Outcome:
        row = studio.cast.show(name)
        photos = [(look, photo) for look in row.looks for photo in look.photos]
        return Outcome(
            {
                "character": row.uid,
                "name": row.name,
                "aliases": _aliases(row),
                "looks": [{"name": k.name, "wardrobe": k.wardrobe, "colours": k.colours} for k in row.looks],
                "photos": [
                    {
                        "photo": photo.uid,
                        "look": look.name,
                        "file": photo.source_name,
                        "asset": str(studio.assets.path(photo.asset_sha256)),
                        "warnings": [warning[studio.settings.language] for warning in photo.warnings],
                    }
                    for look, photo in photos
                ],
                "consent": [
                    {
                        "text": each.text,
                        "given_at": each.given_at.isoformat(),
                        "expires_at": each.expires_at.isoformat() if each.expires_at else None,
                        "withdrawn_at": each.withdrawn_at.isoformat() if each.withdrawn_at else None,
                    }
                    for each in row.consents
                ],
            },
            [
                f"{row.name} ({', '.join(_aliases(row)) or 'no aliases'})",
                *(f"  {look.name}: {photo.source_name}" for look, photo in photos),
                *(f"  consent {each.given_at:%Y-%m-%d}: {each.text}" for each in row.consents),
            ],
        )

    run(home, as_json, verb)


@app.command("compare")
def cast_compare(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="A picture")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """How much the faces in a picture resemble a character."""

    def verb(studio: "Studio") -> Outcome:
        found = studio.cast.compare(name, file, file.name)
        return Outcome(
            {
                "space": found.space,
                "similarity": round(found.similarity, 4),
                "per_reference": [
                    {"photo": each.photo, "similarity": round(each.similarity, 4)} for each in found.per_reference
                ],
                "faces": [{"box": list(each.box), "similarity": round(each.similarity, 4)} for each in found.faces],
            },
            [f"{found.similarity:.3f} ({found.space}, best of {len(found.faces)} faces)"],
        )

    run(home, as_json, verb)


@app.command("lineup")
def cast_lineup(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """How alike the cast is, everybody with everybody."""

    def verb(studio: "Studio") -> Outcome:
        found = studio.cast.lineup()
        matrix = [[round(float(value), 4) for value in row] for row in found.matrix]
        return Outcome(
            {"space": found.space, "names": list(found.names), "matrix": matrix},
            table([("", *found.names), *((name, *row) for name, row in zip(found.names, matrix, strict=True))]),
        )

    run(home, as_json, verb)


@app.command("alias")
def cast_alias(
    name: NameArgument,
    alias: Annotated[str, typer.Argument(help="The other name")],
    remove: Annotated[bool, typer.Option("--remove", help="Take the alias away")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a character another name that scripts may use."""

    def verb(studio: "Studio") -> Outcome:
        (studio.cast.remove_alias if remove else studio.cast.add_alias)(name, alias)
        row = studio.cast.show(name)
        return Outcome({"name": row.name, "aliases": _aliases(row)}, [f"{row.name}: {', '.join(_aliases(row))}"])

    run(home, as_json, verb)


@app.command("consent")
def cast_consent(
    name: NameArgument,
    text: Annotated[str | None, typer.Option(help="Who agreed to what")] = None,
    until: Annotated[str | None, typer.Option(help="Last day it holds, YYYY-MM-DD")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="The consent was taken back")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record a consent, or that it was withdrawn."""

    def verb(studio: "Studio") -> Outcome:
        if withdraw == (text is not None):
            raise InvalidInput(
                "Say either --text, to record a consent, or --withdraw.",
                "请二选一：用 --text 登记授权，或用 --withdraw 撤回。",
            )
        if withdraw:
            studio.cast.withdraw_consent(name)
        else:
            studio.cast.record_consent(name, text or "", _day_after(until))
        holds = studio.cast.has_consent(studio.cast.find(name))
        return Outcome({"name": name, "consent": holds}, [f"{name}: {'consent on record' if holds else 'no consent'}"])

    run(home, as_json, verb)


def _day_after(until: str | None) -> datetime | None:
    if until is None:
        return None
    try:
        return datetime.strptime(until, "%Y-%m-%d").replace(hour=23, minute=59, second=59, tzinfo=UTC)
    except ValueError:
        raise InvalidInput(
            f"'{until}' is no day: write YYYY-MM-DD.", f"“{until}”不是日期：请写成 YYYY-MM-DD。"
        ) from None


@app.command("erase")
def cast_erase(
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase a person: photos, embeddings, adapters and every take that shows them. Leaves a receipt."""
    if not yes and not typer.confirm(f"Erase {name} for good?", err=True):
        raise typer.Exit(1)

    def verb(studio: "Studio") -> Outcome:
        receipt = studio.erase(name)
        return Outcome(
            {"receipt": receipt.uid, "name": receipt.name, "erased": receipt.erased},
            [f"{receipt.name} was erased: {receipt.erased}. Receipt {receipt.uid}."],
        )

    run(home, as_json, verb)


@look_app.command("add")
def look_add(
    name: NameArgument,
    look: Annotated[str, typer.Argument(help="Name of the look")],
    wardrobe: Annotated[str, typer.Option(help="What is worn, in words")] = "",
    colour: Annotated[list[str] | None, typer.Option("--colour", help="#rrggbb of the clothes, top first")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a look (造型) to a character."""

    def verb(studio: "Studio") -> Outcome:
        made = studio.cast.add_look(name, look, wardrobe=wardrobe, colours=tuple(colour or ()))
        return Outcome(
            {"name": name, "look": made.name, "wardrobe": made.wardrobe, "colours": made.colours},
            [f"{name}: {made.name}"],
        )

    run(home, as_json, verb)
