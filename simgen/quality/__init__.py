"""Reads finished data sets: checks, contact sheets, reports."""
