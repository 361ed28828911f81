"""Uzbek dates."""

DATE_FORMAT = "Y-\\y\\i\\l j-F"
MONTH_DAY_FORMAT = "j-F"
SHORT_DAY_FORMAT = "D, j-F"
