"""Systematic reviews of RevMan: its file `.rm5`, the Cochrane data package, its CSV exports and MetaView.

review            what a document of any of these forms says
xml_file          XML, parsed within limits
rm5               the file of RevMan 5
sheets            CSV, read by the names of columns
package           the data package of a published review
exported          the analyses that RevMan 5 exports
metaview          MetaView, of RevMan 4
measures          measures of effect, as named and as inferred from printed effects
directions        which arm is the treatment, and which side of the graph it wins on
reading           what is known and decided about an analysis
evidence          a row of an analysis as evidence
trials            a trial file per study
pooled            a synthesis per analysis and subgroup
reader            the reader
"""
