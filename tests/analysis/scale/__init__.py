"""Large bundles estimated in parts."""
