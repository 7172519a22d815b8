"""Forms, serializers, and the views and admins that make them."""
