"""The catalog's forms."""

from django import forms

from catalog.models import Category, Review


class CategoryForm(forms.ModelForm):
    """Asks for the slug, so it checks that the slug is free."""

    class Meta:
        model = Category
        fields = ["name", "slug"]


class ReviewForm(forms.ModelForm):
    """Asks for the text only: who writes and of what is known to the view."""

    class Meta:
        model = Review
        fields = ["text"]
