"""The results: the record of a posterior, its rows, the gate that it must pass, and notes for the reader."""
