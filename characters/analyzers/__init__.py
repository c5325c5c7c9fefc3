"""Face analyzers: one file each, one line here."""

# name -> "module:attribute", imported on first use; called without arguments, gives a characters.face.FaceAnalyzer
ANALYZERS: dict[str, str] = {
    "bundled": "characters.analyzers.bundled:Bundled",
}
