"""Tests of `analysis/frame/`: what is known of all households of a place."""
