"""What the style guide shows: made in memory, so that the page is always the same."""
