"""What people read of a publication: the report, an account's sheet, the workbook. All of it is made from the published file alone."""
