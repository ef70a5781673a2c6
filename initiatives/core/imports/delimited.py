"""CSV and its relatives: which encoding, which separator, and where exactly the file breaks."""

import codecs
import csv
import io

from charset_normalizer import from_bytes

from initiatives.core.exports import restored
from initiatives.core.imports.table import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row, Source, Table, Unreadable, assembled

# What a person may choose, with its words. Detection answers from this list too.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16 with a mark",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "cp1252": "Windows-1252 (Western Europe)",
    "iso8859-15": "ISO 8859-15 (Western Europe, Unix)",
    "mac-roman": "Mac Roman",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp932": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "Windows-949 (Korean)",
}
SEPARATORS = {";": "semicolon ;", ",": "comma ,", "\t": "tab", "|": "bar |"}
SAMPLE = 65_536  # bytes that detection looks at


def encoding_of(data: bytes) -> str:
    """The encoding of `data`: a mark decides, then UTF-8 if it is valid, then Windows-1252 unless the script is not Latin."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)
    if max(even, odd) * 4 > len(data[:SAMPLE]) > 0:  # every second byte is NUL in most texts
        return "utf-16-be" if even > odd else "utf-16-le"
    if _reads(data, "utf-8"):
        return "utf-8"
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())[:SAMPLE]
    western = _reads(data, "cp1252")
    best = from_bytes(telling, cp_isolation=[name.replace("-", "_") for name in ENCODINGS if not name.startswith("utf")]).best()
    guess = codecs.lookup(best.encoding).name if best else ""
    latin = best is None or all(
        "Latin" in alphabet or "Control" in alphabet or "Punct" in alphabet for alphabet in best.alphabets
    )
    if western and (latin or guess not in ENCODINGS):
        return "cp1252"
    return guess if guess in ENCODINGS and _reads(data, guess) else "iso8859-15"


def _reads(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def decoded(data: bytes, encoding: str) -> str:
    """The text of `data`; the place of the first byte that does not fit is said."""
    if encoding not in ENCODINGS:
        raise Unreadable("Choose one of the offered encodings.")
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(f"This is not {ENCODINGS[encoding]}: line {line} holds bytes that it does not have.") from error
    text = text.removeprefix("\ufeff")
    if (place := text.find("\x00")) >= 0:
        line = text.count("\n", 0, place) + 1
        raise Unreadable(f"Line {line} of the file holds a NUL character. The file is damaged, or its encoding is another one.")
    return text


def separator_of(text: str) -> str:
    """The separator that cuts the first rows into the most regular table; a comma when there is but one column."""
    sample = text[:SAMPLE]
    best, score = ",", (0, 0)
    for candidate in SEPARATORS:
        widths = []
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=candidate):
                widths.append(len(row)) if row else None
                if len(widths) == 50:
                    break
        except csv.Error:
            continue
        widths = widths[:-1] if len(widths) > 2 and len(text) > SAMPLE else widths
        usual = max(set(widths), key=widths.count, default=1)
        if usual > 1 and (found := (widths.count(usual) * 100 // len(widths), usual)) > score:
            best, score = candidate, found
    return best


def read(data: bytes, source: Source) -> Table:
    """The table in the bytes of a text file."""
    encoding = source.encoding or encoding_of(data)
    text = decoded(data, encoding)
    if not text.strip():
        raise Unreadable("The file is empty.")
    separator = source.separator or separator_of(text)
    if separator not in SEPARATORS:
        raise Unreadable("Choose one of the offered separators.")
    rows = _rows(text, separator, loose=source.loose_quotes)
    return assembled(rows, Source(encoding, separator, "", source.header_row, source.loose_quotes), "csv")


def _rows(text: str, separator: str, *, loose: bool) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=not loose)
    rows: list[Row] = []
    line = 1
    try:
        for number, cells in enumerate(reader, 1):
            if len(cells) > MOST_COLUMNS * 2:
                raise Unreadable(f"Row {number} has {len(cells)} cells; at most {MOST_COLUMNS} columns are read.")
            if len(rows) > MOST_ROWS * 2:
                raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Split it.")
            rows.append(Row(number, tuple(restored(cell) for cell in cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(_where_it_breaks(text, separator, len(rows) + 1, line)) from error
    return rows


def _where_it_breaks(text: str, separator: str, row: int, line: int) -> str:
    """Walk through the row that the reader refused, and say which column it is and what is wrong there."""
    rest = "".join(io.StringIO(text, newline="").readlines()[line - 1 :])
    here = f"Row {row} (line {line} of the file), column "
    column, quoted, start, place = 1, False, 0, 0
    while place < len(rest):
        character = rest[place]
        if place - start > LONGEST_CELL:
            return f"{here}{column}: the cell holds more than {LONGEST_CELL:,} characters. Is a quotation mark not closed?"
        if quoted and character == '"':
            after = rest[place + 1 : place + 2]
            if after == '"':
                place += 1
            elif after in ("", separator, "\r", "\n"):
                quoted = False
            else:
                return f"{here}{column}: a quotation mark stands inside a quoted cell and is not doubled."
        elif not quoted and character == '"' and place == start:
            quoted = True
        elif not quoted and character == separator:
            column, start = column + 1, place + 1
        elif not quoted and character in "\r\n":
            break
        place += 1
    return f"{here}{column}: a quotation mark is opened and never closed."
