"""Tests of drafts for those outside."""
