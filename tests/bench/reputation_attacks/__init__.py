"""Attacks on reputation in a synthetic market, and a forecast on a real one."""
