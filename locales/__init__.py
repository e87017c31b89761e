"""Catalogues and how they are found."""
