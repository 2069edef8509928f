"""Registry records, reviews and tables as trial and synthesis files, with a ledger of every result.

formats           the formats, each a reader with its card
source            documents, opened within limits
answers           what a person decides
drafts            what a reader makes of a record
building          drafts checked
contradictions    what a source says against itself
stream            from documents to checked files, one record at a time
toml_text         the text of the files
ledger            what became of every result
verbs             `read` in Python, `write` into a folder
"""

from bayes.importing.verbs import Imported, read, write

__all__ = ["Imported", "read", "write"]
