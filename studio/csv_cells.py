"""Cells of a CSV that no spreadsheet computes: the apostrophe put before a formula, and taken away again."""

# a cell that begins so is a formula to some spreadsheet (CWE-1236); the second four are full-width
FORMULA = tuple("=+-@＝＋－＠")
HIDDEN = ("\t", "\r", "\0")


def formula_safe(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would compute it, or might once it has trimmed it.

    A cell that looks like one made safe already gets one too, so that `as_written` gives back every cell.
    """
    visible = next((character for character in cell if character.isprintable() and character != " "), "")
    return f"'{cell}" if visible in FORMULA or cell.startswith(HIDDEN) or _is_safe_formula(cell) else cell


def as_written(cell: str) -> str:
    """The cell before `formula_safe`; one that it never touched is left alone."""
    return cell[1:] if _is_safe_formula(cell) else cell


def _is_safe_formula(cell: str) -> bool:
    bare = cell.lstrip("'")
    return bare != cell and formula_safe(bare) != bare
