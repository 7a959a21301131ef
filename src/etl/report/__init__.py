"""The report: what came in, who is quoted, where and how good it is, on one page without network."""

from etl.report.render import render_report

__all__ = ["render_report"]
