"""The sample series: our own scripts and a drawn cast, with no rights to clear."""
