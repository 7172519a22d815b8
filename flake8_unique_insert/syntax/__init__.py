"""Source text, its outline and pruned CST, and the expressions that every later layer reads."""
