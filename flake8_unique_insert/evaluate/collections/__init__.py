"""Collections: what their elements are, what fills them, and what tells elements apart."""
