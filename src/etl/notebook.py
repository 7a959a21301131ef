"""The tables as pandas frames, for notebooks: `etl.open_warehouse("warehouse")`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb
import pyarrow as pa

from etl import schema
from etl.lake.quality import warning_of

if TYPE_CHECKING:
    import pandas as pd

DATABASE = "copydesk.duckdb"


class Warehouse:
    """A published warehouse, open for reading. A context manager; not to be shared between threads."""

    def __init__(self, path: str | Path) -> None:
        """Open the warehouse folder, or the `copydesk.duckdb` in it.

        Raises:
            FileNotFoundError: nothing is published there.
        """
        folder = Path(path)
        database = folder if folder.suffix == ".duckdb" else folder / DATABASE
        if not database.exists():
            raise FileNotFoundError(f"nothing is published in {folder}; load something: copydesk run raw/")
        self.path = database.parent
        self._con = duckdb.connect(str(database), read_only=True)
        self._con.execute("SET TimeZone = 'UTC'")

    def sql(self, query: str, *values: object) -> pd.DataFrame:
        """The answer to DuckDB SQL; each `?` in it stands for one of the values.

        Columns that the schema knows have its types (text as pandas strings, times in UTC, whole numbers that may
        be null as Int64), and `frame.attrs["columns"]` holds what each means.
        """
        found = self._con.execute(query, list(values)).to_arrow_table()
        frame = _frame(found)
        frame.attrs["query"] = query
        return frame

    def articles(
        self,
        words: str | None = None,
        *,
        provider: str | None = None,
        country: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
    ) -> pd.DataFrame:
        """Articles that stand, oldest first: those that hold all the words, of a provider, datelined in a country
        (ISO code), published from `since` to before `until` (ISO text is UTC)."""
        return self._select(
            "articles",
            "search_articles",
            words,
            {
                "provider = ?": provider,
                "dateline_country_code = ?": country,
                "published_at >= ?::TIMESTAMPTZ": since,
                "published_at < ?::TIMESTAMPTZ": until,
            },
            "published_at, article_id",
        )

    def quotes(
        self,
        words: str | None = None,
        *,
        speaker: str | None = None,
        type: str | None = None,  # noqa: A002 - the column's own word
        min_confidence: float | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
    ) -> pd.DataFrame:
        """Quotations, oldest first: those that hold all the words, whose speaker's name contains `speaker` (without
        regard to case), of a type (direct, indirect, mixed), at least so confident, published from `since` to before
        `until`."""
        return self._select(
            "quotes",
            "search_quotes",
            words,
            {
                "contains(lower(speaker_name), lower(?))": speaker,
                "quote_type = ?": type,
                "quote_confidence >= ?": min_confidence,
                "published_at >= ?::TIMESTAMPTZ": since,
                "published_at < ?::TIMESTAMPTZ": until,
            },
            "published_at, article_id, quote_start",
        )

    def story(self, ident: str) -> pd.DataFrame:
        """The quotations of one article in reading order, by article_id, story_id or quote_id.

        `frame.attrs["article"]` holds the article itself, a mapping by column.

        Raises:
            KeyError: no such story is published.
        """
        articles = self.sql(
            "SELECT * FROM articles WHERE article_id = $1 OR story_id = $1 "
            "OR article_id = (SELECT article_id FROM quotes WHERE quote_id = $1)",
            ident,
        )
        if articles.empty:
            raise KeyError(f"{ident} is no published story; `copydesk explain {ident}` also knows what is withheld")
        article = articles.iloc[0].to_dict()
        frame = self.sql(
            "SELECT * FROM quotes WHERE article_id = ? ORDER BY part, quote_start, quote_end", article["article_id"]
        )
        frame.attrs["article"] = article
        return frame

    def _select(
        self, table: str, macro: str, words: str | None, conditions: dict[str, object], order: str
    ) -> pd.DataFrame:
        asked = {condition: value for condition, value in conditions.items() if value is not None}
        source = table if words is None else f"{macro}(?)"
        where = " AND ".join(asked) or "true"
        values = [*([] if words is None else [words]), *asked.values()]
        frame = self.sql(f"SELECT * FROM {source} WHERE {where} ORDER BY {order}", *values)
        frame.attrs["table"] = table
        frame.attrs["warning"] = warning_of(table).strip()
        return frame

    def close(self) -> None:
        """Give the file back; closing twice is harmless."""
        self._con.close()

    def __enter__(self) -> Self:
        """The warehouse itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close."""
        self.close()


def open_warehouse(path: str | Path) -> Warehouse:
    """Open what is published in a warehouse folder; see `Warehouse`."""
    return Warehouse(path)


def _frame(table: pa.Table) -> pd.DataFrame:
    import pandas as pd

    kinds = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=kinds.get)
    known = {name: schema.COLUMNS[name][1] for name in table.column_names if name in schema.COLUMNS}
    frame.attrs["columns"] = known
    return frame
