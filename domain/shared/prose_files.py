"""Sentences for files that cannot be read and for cells that cannot be taken as they are.

Merged into :data:`domain.shared.prose.PROSE`; the reader of workbooks and CSV files uses them.
"""

from __future__ import annotations

FILE_PROSE: dict[str, tuple[str, str]] = {
    "file_empty": ("文件是空的。请核对后重新报送。", "The file is empty. Check it and send it again."),
    "file_too_large": (
        "文件超过{max}字节的上限。请分成几个文件报送。",
        "The file exceeds {max} bytes. Send it in pieces.",
    ),
    "not_a_workbook": (
        "文件不是可读的xlsx工作簿，也不是CSV文本。请另存为xlsx或者CSV后重新报送。",
        "The file is neither a readable xlsx workbook nor CSV text. Save it as xlsx or CSV.",
    ),
    "old_workbook": (
        "文件是旧格式的工作簿（xls、et、ods或者xlsb）。请另存为xlsx后重新报送。",
        "The file is a workbook in another format (xls, et, ods, xlsb). Save it as xlsx.",
    ),
    "encrypted_workbook": (
        "工作簿设有打开密码。请取消密码后重新报送。",
        "The workbook is encrypted. Remove the password and send it again.",
    ),
    "archive_bomb": (
        "工作簿解压后过大，疑似压缩炸弹，未予读取。请另存为新的工作簿后重新报送。",
        "The workbook unpacks to far more than any form needs; it was not read. Save it as a new one and send that.",
    ),
    "too_many_rows": (
        "数据超过{max}行。请分成几个文件报送。",
        "There are more than {max} rows. Send the file in pieces.",
    ),
    "too_many_columns": ("表格超过{max}列。请只保留数据标准规定的列。", "There are more than {max} columns."),
    "wrong_encoding": (
        "文件的文字编码无法识别。请用UTF-8或者GB18030（GBK）编码保存。",
        "The text encoding is not recognised. Save the file as UTF-8 or GB18030.",
    ),
    "no_header": (
        "前10行没有找到表头。表头应是数据项代码（如CF_WSH）或者中文名称（如处罚机关）。",
        "No header row was found in the first ten rows: field codes (CF_WSH) or Chinese names.",
    ),
    "form_not_recognised": (
        "表头不足以判断是行政处罚还是行政许可。请使用数据标准的表头。",
        "The header does not tell whether this is the penalty or the licence form.",
    ),
    "mixed_forms": (
        "同一张表里混有行政处罚和行政许可的列。请分成两个文件报送。",
        "Columns of the penalty and the licence form are mixed in one sheet. Send two files.",
    ),
    "duplicate_column": ("有两列都是{name}。请删去一列。", "Two columns are both the {name_en}. Delete one."),
    "header_conflict": (
        "第{column}列的两行表头互相矛盾。请核对代码和名称。",
        "The two header rows contradict each other in column {column}.",
    ),
    "formula_unlocated": (
        "工作簿含有公式，且无法确定所在单元格。请将公式粘贴为数值后重新报送。",
        "The workbook holds formulas that cannot be located. Paste them as values.",
    ),
    "formula_cell": (
        "{name}是公式，不是固定的值。请将公式粘贴为数值后重新报送。",
        "The {name_en} is a formula. Paste it as a value.",
    ),
    "cell_too_long": ("{name}超过{max}个字符。", "The {name_en} is longer than {max} characters."),
    "cell_error": (
        "{name}是工作簿的错误值。请填写实际内容。",
        "The {name_en} is an error value of the workbook.",
    ),
    "number_lost_digits": (
        "{name}被存成了数字，末尾几位已经丢失。请将该列设为文本格式后重新填写。",
        "The {name_en} was stored as a number and has lost its last digits. Format the column as text.",
    ),
    "broken_quotes": (
        "这一行的引号不成对，无法分列。请核对引号。",
        "The quotation marks of this row do not match, so its columns cannot be told apart.",
    ),
    "surplus_cells": (
        "这一行的列数多于表头。请核对内容中是否有没加引号的分隔符。",
        "The row has more cells than the header. Check for unquoted separators.",
    ),
    "other_sheet_ignored": ("工作表{sheet}没有读取。", "The sheet {sheet} was not read."),
    "column_missing": ("缺少必填的列：{name}。", "A required column is missing: {name_en}."),
}
