"""Measurements anyone can run: predictions for gold sets, floors, speed."""
