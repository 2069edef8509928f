"""The cells of the tables in a piece of HTML."""

from html.parser import HTMLParser


class Cells(HTMLParser):
    """The tags and the texts of a page, as a browser would read them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)
