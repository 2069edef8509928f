"""What each reporting standard asks for, as items: where to look, and what is needed there."""
