"""`copydesk reader`: stories with every mark, in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli.options import require_warehouse, warehouse_option
from etl.reader import find_stories
from etl.reader.site import connect, export_stories, make_server


@click.command()
@click.argument("words", required=False, default="")
@warehouse_option
@click.option("--output", "-o", type=click.Path(file_okay=False, path_type=Path), help="Write pages into this folder.")
@click.option("--where", default="true", help="SQL condition over articles, with --output.", show_default=False)
@click.option("--limit", type=click.IntRange(min=1), default=200, show_default=True, help="Stories to list.")
@click.option("--port", type=click.IntRange(0, 65535), default=8700, show_default=True, help="Port of the local page.")
def reader(words: str, warehouse: Path, output: Path | None, where: str, limit: int, port: int) -> None:
    """Read stories as delivered, with body, furniture, dateline, quotations, speakers and names marked.

    Serves a page for this machine alone, until Ctrl-C. With --output it writes the stories that hold WORDS, that
    meet --where, as files that need no server.

    \b
    Example:
        copydesk reader
        copydesk reader -o pages
        copydesk reader ferry -o pages --where "published_at >= '2024-06-01'"
    """
    require_warehouse(warehouse)
    if output is not None:
        with connect(warehouse) as con:
            hits = find_stories(con, words, where=where, limit=limit)
        click.echo(f"wrote {export_stories(warehouse, output, hits)} stories: {output / 'index.html'}", err=True)
        return
    server = make_server(warehouse, port, limit=limit)
    click.echo(f"http://127.0.0.1:{server.server_address[1]}/  (Ctrl-C ends)", err=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("ended", err=True)
    finally:
        server.server_close()
