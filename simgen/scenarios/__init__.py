"""The scenario library: events worth seeing, each a recipe with the relation that makes it what it is."""
