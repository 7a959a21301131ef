"""Links between articles: versions of a story, copies over outlets, entities."""
