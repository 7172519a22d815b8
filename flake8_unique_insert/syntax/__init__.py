"""Source text, and the statements, expressions and summaries that every later layer reads instead of it."""
