"""Classes and attributes: what is read from an object, and what is assigned to it."""
