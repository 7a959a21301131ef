"""The copy desk: stories to articles, with every delivered character in a labelled span."""
