"""Records of ClinicalTrials.gov (API v2, JSON) as trial files.

reader        documents, and a record to its drafts
record        typed access to a record, with the JSON path of every number
values        numbers as posted
reasons       why a result is not imported
arms          which group is which arm, and which arms are compared
posted        what is posted for each arm, read
counts        counts, percentages, events and rates of both arms
locations     means, geometric means and medians of both arms
summaries     what is posted for each arm, as evidence
categories    ordered categories
effects       what an analysis posts, as an estimate
parameters    the measure of effect that the free text of an analysis names
posteriors    what is a posterior, and never a likelihood
p_values      which p-values are two-sided ones of no effect
comparing     the effect that follows from the arms, beside the posted one
degrees       degrees of freedom with which posted numbers agree
directions    which direction is good for the patient, where the record says it
population    which participants are analysed
study         what holds for all results of a record
parts         the results of an outcome measure: its classes, categories, arms and analyses
matching      which result an analysis is of
joining       one result from the arms and the analyses that report it
drafting      outcome measures to drafts and rows of the ledger
head          the trial as a whole
card          what is known of the format
"""
