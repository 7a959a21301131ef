"""The copy desk: from a story as delivered to an article with clean body, fields and labelled spans."""

from etl.desk.credits import parse_byline, parse_credits
from etl.desk.editing import delivered_body, edit_story

__all__ = ["delivered_body", "edit_story", "parse_byline", "parse_credits"]
