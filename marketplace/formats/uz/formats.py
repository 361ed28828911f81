"""Uzbek dates."""

DATE_FORMAT = "Y-\\y\\i\\l j-E"
DATETIME_FORMAT = "Y-\\y\\i\\l j-E, H:i"
MONTH_DAY_FORMAT = "j-E"
SHORT_DATE_FORMAT = DATE_FORMAT
SHORT_DAY_FORMAT = "D, j-E"
