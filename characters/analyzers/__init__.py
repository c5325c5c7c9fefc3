"""Face analyzers: one file each, one line here."""

# name -> "module:attribute", imported on first use; called with the folder of models, gives a characters.face.FaceAnalyzer
ANALYZERS: dict[str, str] = {
    "bundled": "characters.analyzers.bundled:bundled",
    "antelopev2": "characters.analyzers.insightface:antelopev2",
    "buffalo_l": "characters.analyzers.insightface:buffalo_l",
}
