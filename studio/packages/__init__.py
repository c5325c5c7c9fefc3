"""Packages: a series, or one character, as a file that another Castlock opens.

A sealed file (storage.sealed) of `manifest.json`, `series.json` and `episodes/<number>.json`, or `character.json`, and
the assets that they name. The rows are values of their own (`values`), checked where they leave and where they come
in; private notes and the names of photo files are never among them. A file of one state of the studio is always the
same file, byte for byte.
"""
