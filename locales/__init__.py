"""The words of Linnet in every language: sources, catalogues, and how they are found, filled in and checked."""
