"""From delivered files to checked tables: intake → data/raw → prepare → data/processed → tables."""
