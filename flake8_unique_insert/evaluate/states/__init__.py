"""States: what is known at a program point, in terms and facts, and how it changes and meets."""
