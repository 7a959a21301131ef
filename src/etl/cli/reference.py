"""The command reference, made from the commands' own help: `python -m etl.cli.reference > docs/reference/cli.md`."""

from __future__ import annotations

import click

from etl.cli import cli


def reference() -> str:
    """Markdown of every command's help, in the order of their names."""
    parts = [
        "# Command line",
        "",
        "Generated from the commands' help; `python -m etl.cli.reference` writes this page.",
        "",
        _block(cli, "copydesk"),
    ]
    for name in sorted(cli.commands):
        parts += [f"## copydesk {name}", "", _block(cli.commands[name], f"copydesk {name}")]
    return "\n".join(parts)


def _block(command: click.Command, name: str) -> str:
    context = click.Context(
        command, info_name=name, max_content_width=100, terminal_width=100, help_option_names=["-h", "--help"]
    )
    return f"```\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    click.echo(reference(), nl=False)
