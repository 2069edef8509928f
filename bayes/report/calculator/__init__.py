"""The calculator: one page that computes posteriors of a typed report in the browser, without a server."""
