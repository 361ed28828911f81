"""English dates."""

DATE_FORMAT = "j F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DAY_FORMAT = "D, j M"
