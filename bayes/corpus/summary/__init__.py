"""What the answers of a corpus come to: how often conclusions change, and by how much effects shrink."""
