"""The languages, their catalogues and the checks on them."""
