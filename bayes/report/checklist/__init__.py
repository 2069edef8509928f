"""The checklists: what reporting standards require, and the values that meet each requirement."""
