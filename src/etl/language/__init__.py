"""Names, people and quotations of one article."""
