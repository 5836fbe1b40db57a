"""A spreadsheet of key-value pairs as people fill it: a title above, merged cells, a date, a number, a hidden sheet."""

import datetime

import openpyxl


def make(folder):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "images"
    sheet.append(["Key-value pairs of the embryo imaging"])
    sheet.append(["PROJECT", "DATASET", "OBJECT_NAME", "Organism", "Imaged on", "Replicate"])
    sheet.append(["Embryos", "day 3", "a.czi", "Danio rerio", datetime.datetime(2022, 5, 4), 1.0])  # noqa: DTZ001
    sheet.append([None, "day 3", "b.czi", "Danio rerio", datetime.datetime(2022, 5, 4, 12, 30), 2])  # noqa: DTZ001
    sheet.merge_cells("A3:A4")
    notes = book.create_sheet("notes")
    notes.append(["remark", "by"])
    notes.append(["check focus", "AE"])
    notes.sheet_state = "hidden"
    book.save(folder / "pairs.xlsx")
    return folder / "pairs.xlsx"
