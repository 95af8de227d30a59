"""The privacy office, in a processor's position (C2.3, C2.4, C6, C7).

Requests of people, instructions, sub-processors, disclosures, transfers, legal demands, records,
and the end of an agreement.
"""
