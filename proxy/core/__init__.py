"""Decisions: pure functions and frozen data. No input or output, no clock, no environment."""
