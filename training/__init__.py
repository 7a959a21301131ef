"""Training of the names tagger whose weights ship in `etl.language.tagger`. See README.md."""
