"""Models, managers and querysets: what looks rows up, and what writes them."""
