"""Villages and households drawn by chance, sealed until the leader of the visit opens the draw at departure."""
