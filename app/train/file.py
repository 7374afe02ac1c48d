"""Where a file of one's own is chosen."""

from dash import html

from .. import limits

CALLED = "Your CSV file…"
TAKEN = (
    f"At most {limits.FILE_BYTES / 1e6:g} MB, {limits.FILE_ROWS:,} rows and {limits.FILE_COLUMNS} columns. "
    "It is kept in memory alone, never on a disk."
)


def file_control() -> html.Div:
    """A button, and what becomes of the file."""
    most = {"data-most": limits.FILE_BYTES, "data-needs": "train.file"}
    return html.Div(
        [
            html.Button(CALLED, id="train-choose", className="plain small", **most),
            html.P(TAKEN, id="train-file-hint", className="note"),
            html.P(id="train-file-said", className="note", role="status"),
            html.P(id="train-file-wrong", className="error", role="alert", hidden=True),
        ],
        id="train-file",
        className="file",
        hidden=True,
    )
