"""English dates."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j M Y, H:i"
MONTH_DAY_FORMAT = "j M"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DAY_FORMAT = "D, j M"
