"""Russian dates."""

DATE_FORMAT = "j E Y г."
MONTH_DAY_FORMAT = "j E"
SHORT_DAY_FORMAT = "D, j E"
