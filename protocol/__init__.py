"""What records are and when they are valid. Pure: bytes and times in, values out. The normative text is specs/."""
